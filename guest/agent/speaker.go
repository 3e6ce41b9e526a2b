// SPDX-License-Identifier: GPL-2.0-only

//go:build linux

package main

import (
	"errors"
	"fmt"
	"os"
	"sync"

	"golang.org/x/sys/unix"

	"kmodlab/internal/wire"
)

// speaker is the one writer of the port. Whatever it says, it first says what
// the kernel logged until then.
type speaker struct {
	mu   sync.Mutex // held over draining and writing, so that order is kept
	port *os.File
	log  *kernelLog
	buf  []byte
}

// say sends the log up to now and then m, in one write: a write to the port
// costs a trip out of the guest.
func (s *speaker) say(m wire.Message) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	buf, err := s.log.drain(s.buf[:0])
	if err != nil {
		return err
	}
	if buf, err = wire.Append(buf, m); err != nil {
		return err
	}
	s.buf = buf
	_, err = s.port.Write(buf)
	return err
}

// kernelLog is /dev/kmsg, read from the ring's start.
type kernelLog struct {
	fd int
	// one record; the kernel refuses a read that is too short for it
	// (CONSOLE_EXT_LOG_MAX, 8192 bytes)
	record [16 << 10]byte
}

// openLog opens /dev/kmsg at the ring's start, not to wait for records.
func openLog() (*kernelLog, error) {
	fd, err := unix.Open("/dev/kmsg", unix.O_RDONLY|unix.O_NONBLOCK|unix.O_CLOEXEC, 0)
	if err != nil {
		return nil, fmt.Errorf("open /dev/kmsg: %w", err)
	}
	return &kernelLog{fd: fd}, nil
}

// drain appends a message for each record there is to buf.
func (l *kernelLog) drain(buf []byte) ([]byte, error) {
	for {
		var m wire.Message
		n, err := unix.Read(l.fd, l.record[:])
		switch {
		case errors.Is(err, unix.EAGAIN):
			return buf, nil
		case errors.Is(err, unix.EINTR):
			continue
		case errors.Is(err, unix.EPIPE):
			m = &wire.Lost{} // overwritten; the next read continues with the oldest there is
		case err != nil:
			return buf, fmt.Errorf("read /dev/kmsg: %w", err)
		default:
			m = &wire.Record{Raw: l.record[:n]}
		}
		if buf, err = wire.Append(buf, m); err != nil {
			return buf, err
		}
	}
}
