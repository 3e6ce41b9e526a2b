// SPDX-License-Identifier: GPL-2.0-only

//go:build linux

package main

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"strconv"
	"strings"

	"golang.org/x/sys/unix"
)

// dmesgName is the name under which the agent is dmesg, for u-root's cannot
// follow the log.
const dmesgName = "dmesg"

// dmesg writes the kernel log to out; with -w it goes on with what comes, with
// -C it forgets what was.
func dmesg(args []string, out io.Writer) error {
	flags := flag.NewFlagSet(dmesgName, flag.ContinueOnError)
	follow := flags.Bool("w", false, "wait for what comes; end with Ctrl-C")
	forget := flags.Bool("C", false, "forget what was logged")
	if err := flags.Parse(args); err != nil {
		return nil // flag has said what is wrong, or has helped
	}
	if *forget {
		_, err := unix.Klogctl(unix.SYSLOG_ACTION_CLEAR, nil)
		return err
	}
	log, err := openLog()
	if err != nil {
		return err
	}
	// From where it was forgotten; /dev/kmsg knows that place by this name.
	const seekData = 3
	if _, err := unix.Seek(log.fd, 0, seekData); err != nil {
		return fmt.Errorf("seek in /dev/kmsg: %w", err)
	}
	for {
		if err := log.show(out); err != nil || !*follow {
			return err
		}
		if err := log.wait(); err != nil {
			return err
		}
	}
}

// show writes the records that there are to out.
func (l *kernelLog) show(out io.Writer) error {
	for {
		n, err := unix.Read(l.fd, l.record[:])
		switch {
		case errors.Is(err, unix.EAGAIN):
			return nil
		case errors.Is(err, unix.EINTR), errors.Is(err, unix.EPIPE): // overwritten: the next read goes on with the oldest
			continue
		case err != nil:
			return fmt.Errorf("read /dev/kmsg: %w", err)
		}
		line, err := logLine(string(l.record[:n]))
		if err != nil {
			return err
		}
		if _, err := io.WriteString(out, line); err != nil {
			return err
		}
	}
}

// wait returns when there may be a record to read.
func (l *kernelLog) wait() error {
	fds := []unix.PollFd{{Fd: int32(l.fd), Events: unix.POLLIN}}
	for {
		if _, err := unix.Poll(fds, -1); !errors.Is(err, unix.EINTR) {
			return err
		}
	}
}

// logLine makes the line that dmesg shows of a record of /dev/kmsg:
// "6,1,2000042,-;text" is "[    2.000042] text". Bytes that the kernel has
// escaped stay so.
func logLine(record string) (string, error) {
	head, body, ok := strings.Cut(record, ";")
	fields := strings.Split(head, ",")
	if !ok || len(fields) < 4 {
		return "", fmt.Errorf("a record of the kernel log begins with %.60q", record)
	}
	usec, err := strconv.ParseUint(fields[2], 10, 64)
	if err != nil {
		return "", fmt.Errorf("the time of a record of the kernel log: %w", err)
	}
	text, _, _ := strings.Cut(body, "\n") // what follows is its dictionary
	return fmt.Sprintf("[%5d.%06d] %s\n", usec/1e6, usec%1e6, text), nil
}
