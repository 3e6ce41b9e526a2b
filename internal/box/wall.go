// SPDX-License-Identifier: GPL-2.0-only

package box

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"golang.org/x/sys/unix"
)

// wall is a way to make boxes on this machine, one that was tried.
type wall struct {
	path    string   // of bwrap
	extra   []string // arguments that this machine wants
	prlimit string   // its path; "" where there is none
}

// system are the folders with the machine's programs. Where /bin leads to
// /usr/bin it does so in the box, too.
var system = []string{"/usr", "/bin", "/sbin", "/lib", "/lib32", "/lib64", "/libx32"}

// settings are the files in /etc by which programs find programs, libraries
// and names of users.
var settings = []string{"alternatives", "ld.so.cache", "ld.so.conf", "ld.so.conf.d", "passwd", "group", "nsswitch.conf", "os-release", "debian_version"}

// seen reports whether a box sees the file at path without being told to.
func seen(path string) bool {
	return slices.ContainsFunc(system, func(dir string) bool {
		rel, err := filepath.Rel(dir, path)
		return err == nil && filepath.IsLocal(rel)
	})
}

// args are the arguments of bwrap with which it runs the command.
func (w *wall) args(c Command, l limits) []string {
	args := append([]string{
		"--unshare-ipc", "--unshare-pid", "--unshare-net", "--unshare-uts", "--unshare-cgroup-try", "--hostname", "kmodlab",
		"--die-with-parent", "--new-session", "--cap-drop", "ALL", "--json-status-fd", "3",
	}, w.extra...)
	for _, dir := range system {
		if to, err := os.Readlink(dir); err == nil {
			args = append(args, "--symlink", to, dir)
		} else {
			args = append(args, "--ro-bind-try", dir, dir)
		}
	}
	for _, name := range settings {
		args = append(args, "--ro-bind-try", "/etc/"+name, "/etc/"+name)
	}
	args = append(args, "--proc", "/proc", "--dev", "/dev",
		"--size", strconv.Itoa(64<<20), "--tmpfs", "/dev/shm",
		"--size", strconv.Itoa(1<<30), "--tmpfs", "/tmp", "--dir", home, "--symlink", "/tmp", "/var/tmp")
	for _, path := range c.Read {
		if !seen(path) { // or there would be links where folders are wanted
			args = append(args, "--ro-bind-try", path, path)
		}
	}
	for _, path := range c.Write {
		args = append(args, "--bind", path, path)
	}
	// What is left to write is the box itself, which lives in memory, and in
	// /proc the settings of the machine, which are root's even without a
	// capability.
	args = append(args, "--remount-ro", "/proc", "--remount-ro", "/dev", "--remount-ro", "/", "--chdir", c.Dir, "--")
	if w.prlimit != "" {
		args = append(args, w.prlimit, limit("core", unix.RLIMIT_CORE, 0), limit("fsize", unix.RLIMIT_FSIZE, uint64(l.disk)), limit("nproc", unix.RLIMIT_NPROC, uint64(2*l.processes)), "--")
	}
	return append(args, c.Argv...)
}

// limit is an argument of prlimit(1): no more than n, nor than there is now.
func limit(name string, resource int, n uint64) string {
	var now unix.Rlimit
	if err := unix.Getrlimit(resource, &now); err == nil {
		n = min(n, now.Max)
	}
	return fmt.Sprintf("--%s=%d:%d", name, n, n)
}

// namespaces are those that a box has of its own.
var namespaces = []string{"ipc", "mnt", "net", "pid", "uts"}

// build tries whether boxes can be made here with the program bwrap, by making
// one and looking around in it. That bwrap is installed says little: the
// machine may forbid namespaces.
func build(bwrap string) (*wall, error) {
	path, err := exec.LookPath(bwrap)
	if err != nil {
		return nil, fmt.Errorf("there is no bwrap: apt-get install bubblewrap")
	}
	w := &wall{path: path}
	if path, err := exec.LookPath("/usr/bin/prlimit"); err == nil {
		w.prlimit = path
	}
	// Root needs no user namespace, and without one reads what belongs to
	// others; root in a container may need one.
	var failed error
	for _, extra := range [][]string{nil, {"--unshare-user"}} {
		w.extra = extra
		if err := w.try(); err == nil {
			return w, nil
		} else if failed == nil {
			failed = err
		}
	}
	return nil, failed
}

func (w *wall) try() error {
	c := Command{Dir: "/", Argv: []string{"/bin/sh", "-c", "cat /proc/self/status; for n; do readlink /proc/self/ns/$n; done", "sh"}}
	c.Argv = append(c.Argv, namespaces...)
	p, err := w.start(c, environment(true), limits{disk: 1 << 20, processes: 1 << 10})
	if err != nil {
		return err
	}
	<-p.done
	text := p.output.String()
	if p.err != nil {
		return fmt.Errorf("%s does not work: %w: %s", w.path, p.err, strings.TrimSpace(text))
	}
	return contained(w.path, text)
}

// contained looks at what a shell in a box has seen.
func contained(bwrap, text string) error {
	for _, want := range []string{"\nNoNewPrivs:\t1\n", "\nCapEff:\t0000000000000000\n"} {
		if !strings.Contains(text, want) {
			return fmt.Errorf("%s makes no box: %q is missing in /proc/self/status", bwrap, strings.TrimSpace(want))
		}
	}
	for _, name := range namespaces {
		here, err := os.Readlink("/proc/self/ns/" + name)
		if err != nil {
			return err
		}
		if strings.Contains(text, here+"\n") || !strings.Contains(text, name+":[") {
			return fmt.Errorf("%s makes no box: the %s namespace is the machine's", bwrap, name)
		}
	}
	return nil
}
