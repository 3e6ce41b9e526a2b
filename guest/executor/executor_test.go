// SPDX-License-Identifier: GPL-2.0-only

package executor_test

import (
	"bufio"
	"errors"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/sys/unix"

	"kmodlab/guest/executor"
	"kmodlab/internal/kernel"
	"kmodlab/internal/wire"
)

// The tests run the executor on this machine, so none of them may have it insert or
// remove anything.

// living is an executor that runs.
type living struct {
	cmd  *exec.Cmd
	port *os.File
	kmsg *os.File // a write is a record
	in   *bufio.Reader
}

// built compiles the executor with this machine's compiler.
func built(t *testing.T) string {
	t.Helper()
	if _, err := exec.LookPath("gcc"); err != nil {
		t.Skip("there is no gcc on this machine")
	}
	path, err := executor.Build(t.Context(), &kernel.Kernel{Release: "this machine", Arch: runtime.GOARCH}, t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	return path
}

func start(t *testing.T, program string) *living {
	t.Helper()
	pair := func(kind int) (ours, theirs *os.File) {
		fds, err := unix.Socketpair(unix.AF_UNIX, kind|unix.SOCK_CLOEXEC, 0)
		if err != nil {
			t.Fatal(err)
		}
		return os.NewFile(uintptr(fds[0]), "ours"), os.NewFile(uintptr(fds[1]), "theirs")
	}
	port, theirPort := pair(unix.SOCK_STREAM)
	kmsg, theirKmsg := pair(unix.SOCK_SEQPACKET) // keeps records apart, as /dev/kmsg does
	defer theirPort.Close()
	defer theirKmsg.Close()
	if err := unix.SetNonblock(int(theirKmsg.Fd()), true); err != nil {
		t.Fatal(err)
	}
	h := &living{cmd: exec.Command(program), port: port, kmsg: kmsg, in: bufio.NewReader(port)}
	h.cmd.ExtraFiles = []*os.File{theirPort, theirKmsg}
	if err := h.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { h.cmd.Process.Kill(); h.cmd.Wait(); port.Close(); kmsg.Close() })
	return h
}

// ask gives an order, and returns the records that come ahead of the answer.
func (h *living) ask(t *testing.T, o *wire.Order) (*wire.Answer, []string) {
	t.Helper()
	frame, err := wire.Append(nil, o)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := h.port.Write(frame); err != nil {
		t.Fatal(err)
	}
	for log := []string(nil); ; {
		m, err := wire.Read(h.in)
		if err != nil {
			t.Fatalf("reading the answer to %s: %v", o.Verb, err)
		}
		switch m := m.(type) {
		case *wire.Record:
			log = append(log, string(m.Raw))
		case *wire.Answer:
			if m.ID != o.ID {
				t.Errorf("the answer to order %d bears %d", o.ID, m.ID)
			}
			return m, log
		default:
			t.Fatalf("the executor said %T", m)
		}
	}
}

func TestOrders(t *testing.T) {
	h := start(t, built(t))
	dir := t.TempDir()
	file := filepath.Join(dir, "file")
	long := strings.Repeat("0123456789abcdef", 40_000) // more than the executor sends at once
	endless := wire.MaxOutput
	for i, tt := range []struct {
		name   string
		order  wire.Order
		errno  unix.Errno
		output int // bytes
	}{
		{"settle", wire.Order{Verb: wire.DoSettle}, 0, 0},
		{"write", wire.Order{Verb: wire.DoWrite, Path: file, Mode: 0o640, Blob: []byte("text")}, 0, 0},
		{"read", wire.Order{Verb: wire.DoRead, Path: file}, 0, len("text")},
		{"write less", wire.Order{Verb: wire.DoWrite, Path: file, Blob: []byte("x")}, 0, 0},
		{"read less", wire.Order{Verb: wire.DoRead, Path: file}, 0, 1},
		{"write much", wire.Order{Verb: wire.DoWrite, Path: file, Blob: []byte(long)}, 0, 0},
		{"read much", wire.Order{Verb: wire.DoRead, Path: file}, 0, len(long)},
		{"read nothing", wire.Order{Verb: wire.DoRead, Path: "/dev/null"}, 0, 0},
		{"read without end", wire.Order{Verb: wire.DoRead, Path: "/dev/zero"}, 0, endless},
		{"read what is not there", wire.Order{Verb: wire.DoRead, Path: dir + "/none"}, unix.ENOENT, 0},
		{"read a folder", wire.Order{Verb: wire.DoRead, Path: dir}, unix.EISDIR, 0},
		{"write into nowhere", wire.Order{Verb: wire.DoWrite, Path: dir + "/none/x"}, unix.ENOENT, 0},
		{"write what takes nothing", wire.Order{Verb: wire.DoWrite, Path: "/dev/full", Blob: []byte("x")}, unix.ENOSPC, 0},
		{"a big number", wire.Order{ID: 1 << 60, Verb: wire.DoSettle}, 0, 0},
	} {
		if tt.order.ID == 0 {
			tt.order.ID = uint64(i + 1)
		}
		ans, _ := h.ask(t, &tt.order)
		if unix.Errno(ans.Errno) != tt.errno || len(ans.Blob) != tt.output || ans.Problem != "" || ans.Died != "" || ans.Elapsed < 0 {
			t.Errorf("%s: errno %d, %d bytes, %v, %q; want errno %d, %d bytes", tt.name, ans.Errno, len(ans.Blob), ans.Elapsed, ans.Problem+ans.Died, tt.errno, tt.output)
		}
	}
	if text, err := os.ReadFile(file); err != nil || string(text) != long {
		t.Errorf("the executor wrote %d bytes, %v; want the %d it was given", len(text), err, len(long))
	}
	if info, err := os.Stat(file); err != nil || info.Mode().Perm() != 0o640 {
		t.Errorf("the file's mode: %v, %v; want 0640", info.Mode(), err)
	}
}

// TestLogComesFirst checks that an answer comes behind the log, each record
// whole.
func TestLogComesFirst(t *testing.T) {
	h := start(t, built(t))
	var want []string
	for _, text := range []string{"6,1,10,-;one\n", "6,2,20,-;two\n", "3,3,30,-;" + strings.Repeat("x", 8000) + "\n"} {
		if _, err := h.kmsg.Write([]byte(text)); err != nil {
			t.Fatal(err)
		}
		want = append(want, text)
	}
	if _, log := h.ask(t, &wire.Order{ID: 1, Verb: wire.DoSettle}); !cmp.Equal(want, log) {
		t.Errorf("the log ahead of the answer: (-want +got)\n%s", cmp.Diff(want, log))
	}
	if _, log := h.ask(t, &wire.Order{ID: 2, Verb: wire.DoSettle}); log != nil {
		t.Errorf("the log of the next step: %q; want nothing", log)
	}
}

// ended waits for the executor's end and returns its status.
func (h *living) ended(t *testing.T) int {
	t.Helper()
	err := h.cmd.Wait()
	if exit := new(exec.ExitError); err != nil && !errors.As(err, &exit) {
		t.Fatal(err)
	}
	return h.cmd.ProcessState.ExitCode()
}

func TestEnds(t *testing.T) {
	const hungUp, noOrder = 0, 2
	program := built(t)
	order := func(o wire.Order) []byte {
		frame, err := wire.Append(nil, &o)
		if err != nil {
			t.Fatal(err)
		}
		return frame
	}
	settle := order(wire.Order{ID: 1, Verb: wire.DoSettle})
	kind := len(settle) - len("settle") - 9 // of the header: kind, id, length, text, seven zeros
	for _, tt := range []struct {
		name string
		sent []byte
		want int
	}{
		{"nothing", nil, hungUp},
		{"half an order", settle[:len(settle)/2], hungUp},
		{"no frame", []byte("login: root\n"), noOrder},
		{"a header that is too long", []byte("kmod\xff\xff\xff\xff\x00\x00\x00\x00"), noOrder},
		{"a blob that is too long", []byte("kmod\x00\x00\x00\x08\x7f\xff\xff\xff"), noOrder},
		{"an empty header", []byte("kmod\x00\x00\x00\x00\x00\x00\x00\x00"), noOrder},
		{"a text that is longer than all", []byte("kmod\x00\x00\x00\x14\x00\x00\x00\x00\x02\x01\x80\x80\x80\xff\xff\xff\xff\xff\xff\x01\x00\x00\x00\x00\x00\x00\x00\x00"), noOrder}, // of 2^64 - 2^21 bytes
		{"another kind", append(append([]byte{}, settle[:kind]...), append([]byte{3}, settle[kind+1:]...)...), noOrder},
		{"what the agent does", order(wire.Order{ID: 1, Verb: wire.DoRun, Argv: []string{"true"}}), noOrder},
		{"a verb that begins alike", order(wire.Order{ID: 1, Verb: "sett"}), noOrder},
	} {
		h := start(t, program)
		h.port.Write(tt.sent)
		h.port.Close()
		if got := h.ended(t); got != tt.want {
			t.Errorf("%s: the executor ended with status %d; want %d", tt.name, got, tt.want)
		}
	}
}

// TestDamagedOrders sends orders in which bytes of the header are wrong: the
// executor does them, or ends because they are none, and is never killed.
func TestDamagedOrders(t *testing.T) {
	program := built(t)
	frame, err := wire.Append(nil, &wire.Order{ID: 300, Verb: wire.DoRead, Name: "n", Params: "p", Path: "/dev/null", Flags: -5, Argv: []string{"a", "b"}, Blob: []byte("blob")})
	if err != nil {
		t.Fatal(err)
	}
	random := rand.New(rand.NewPCG(1, 2))
	for range 300 {
		damaged := append([]byte{}, frame...)
		header := damaged[12 : len(damaged)-len("blob")]
		for range 1 + random.IntN(3) {
			header[random.IntN(len(header))] = byte(random.IntN(256))
		}
		h := start(t, program)
		h.port.Write(damaged)
		unix.Shutdown(int(h.port.Fd()), unix.SHUT_WR)
		if got := h.ended(t); got < 0 || got > 3 {
			t.Fatalf("the order % x ended the executor with status %d, %v", damaged, got, h.cmd.ProcessState)
		}
	}
}
