// SPDX-License-Identifier: GPL-2.0-only

//go:build linux

package main

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"strconv"
	"strings"

	"golang.org/x/sys/unix"
)

// consolePath returns the path of the terminal that a person sits at: the
// kernel's console, which architectures call by different names.
func consolePath() (string, error) {
	active, err := os.ReadFile("/sys/class/tty/console/active")
	if err != nil {
		return "", err
	}
	names := strings.Fields(string(active)) // the last one is the one of /dev/console
	if len(names) == 0 {
		return "", errors.New("the kernel has no console")
	}
	return filepath.Join("/dev", names[len(names)-1]), nil
}

// tools is a folder with commands of the agent's own, before all others in the
// PATH of the person's shell.
const tools = "/run/kmodlab"

// shell runs a shell for a person on the console, of rows and columns as args
// say, until the shell ends. The person sees what the kernel prints there.
func shell(args []string) error {
	tty, err := openConsole()
	if err != nil {
		return err
	}
	defer tty.Close()
	if err := setSize(tty, args); err != nil {
		return err
	}
	if err := makeTools(); err != nil {
		return err
	}
	if err := finishLine("a shell is ready"); err != nil { // before the console shows what is logged
		return err
	}
	if err := setConsoleLevel(8); err != nil {
		return err
	}
	// Nothing that runs on the console is ended by the keys themselves: the
	// shell would be, too, for it does not know of foreground jobs.
	signal.Ignore(unix.SIGINT, unix.SIGQUIT)
	sh := exec.Command("gosh")
	sh.Stdin, sh.Stdout, sh.Stderr = tty, tty, tty
	sh.Dir = "/modules"
	sh.Env = append(os.Environ(), "TERM=linux", "HOME=/", "PATH="+tools+":"+os.Getenv("PATH"),
		"GOGC=off", "GOMEMLIMIT=64MiB") // for the shell and its commands what main sets for the agent
	if err := sh.Start(); err != nil {
		return fmt.Errorf("start the shell: %w", err)
	}
	keys := make(chan os.Signal, 1)
	signal.Notify(keys, unix.SIGINT)
	go func() {
		for range keys {
			interrupt(sh.Process.Pid)
		}
	}()
	exit := new(exec.ExitError)
	if err := sh.Wait(); err != nil && !errors.As(err, &exit) { // its exit status is the person's business
		return fmt.Errorf("the shell: %w", err)
	}
	return nil
}

// openConsole opens the console as the terminal of a new session of this
// process.
func openConsole() (*os.File, error) {
	if _, err := unix.Setsid(); err != nil {
		return nil, fmt.Errorf("setsid: %w", err)
	}
	console, err := consolePath()
	if err != nil {
		return nil, err
	}
	fd, err := unix.Open(console, unix.O_RDWR|unix.O_NOCTTY|unix.O_CLOEXEC, 0)
	if err != nil {
		return nil, fmt.Errorf("open %s: %w", console, err)
	}
	const steal = 1 // from u-root's init, whose session has it
	if err := unix.IoctlSetInt(fd, unix.TIOCSCTTY, steal); err != nil {
		return nil, fmt.Errorf("%s as the terminal of the shell: %w", console, err)
	}
	return os.NewFile(uintptr(fd), console), nil
}

// resize tells the console its size; whoever is in front of it gets SIGWINCH.
// Without args it prints the size, "rows columns".
func resize(args []string) error {
	console, err := consolePath()
	if err != nil {
		return err
	}
	tty, err := os.OpenFile(console, os.O_RDWR|unix.O_NOCTTY, 0)
	if err != nil {
		return err
	}
	defer tty.Close()
	if len(args) > 0 {
		return setSize(tty, args)
	}
	size, err := unix.IoctlGetWinsize(int(tty.Fd()), unix.TIOCGWINSZ)
	if err == nil {
		fmt.Println(size.Row, size.Col)
	}
	return err
}

// setSize sets the size of a terminal: args are its rows and its columns.
func setSize(tty *os.File, args []string) error {
	if len(args) != 2 {
		return fmt.Errorf("%d numbers for the size of the terminal; want rows and columns", len(args))
	}
	rows, err := strconv.ParseUint(args[0], 10, 16)
	if err != nil {
		return err
	}
	columns, err := strconv.ParseUint(args[1], 10, 16)
	if err != nil {
		return err
	}
	return unix.IoctlSetWinsize(int(tty.Fd()), unix.TIOCSWINSZ, &unix.Winsize{Row: uint16(rows), Col: uint16(columns)})
}

// makeTools makes the folder of the agent's own commands.
func makeTools() error {
	if err := os.MkdirAll(tools, 0o755); err != nil {
		return err
	}
	self, err := os.Executable()
	if err != nil {
		return err
	}
	err = os.Symlink(self, filepath.Join(tools, dmesgName))
	if errors.Is(err, fs.ErrExist) {
		return nil
	}
	return err
}

// interrupt ends what the shell waits for: its children.
func interrupt(shell int) {
	paths, err := filepath.Glob("/proc/[0-9]*/stat")
	if err != nil {
		return
	}
	for _, path := range paths {
		text, err := os.ReadFile(path)
		if err != nil {
			continue // it has ended
		}
		if pid, parent := parseStat(text); parent == shell {
			unix.Kill(pid, unix.SIGTERM) // the one that had no time to start ends by the next Ctrl-C
		}
	}
}

// parseStat returns the process and its parent that a /proc/PID/stat speaks
// of, 0 and 0 when it makes no sense: "12 (name) S 1 ...". The name may hold
// anything, also parentheses.
func parseStat(text []byte) (pid, parent int) {
	open, end := bytes.IndexByte(text, '('), bytes.LastIndexByte(text, ')')
	if open < 0 || end < open {
		return 0, 0
	}
	fields := bytes.Fields(text[end+1:])
	if len(fields) < 2 {
		return 0, 0
	}
	pid, err := strconv.Atoi(string(bytes.TrimSpace(text[:open])))
	if err != nil {
		return 0, 0
	}
	if parent, err = strconv.Atoi(string(fields[1])); err != nil {
		return 0, 0
	}
	return pid, parent
}
