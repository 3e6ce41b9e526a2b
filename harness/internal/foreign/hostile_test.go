// SPDX-License-Identifier: GPL-2.0-only

package foreign

import (
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"kmodlab/internal/box"
	"kmodlab/internal/cache"
	"kmodlab/internal/fault"
)

// needWalls skips a test where builds are not contained.
func needWalls(t *testing.T) {
	t.Helper()
	if err := box.Walls(); err != nil {
		t.Skipf("no box can be had: %v", err)
	}
}

// running returns the processes with mark in their arguments.
func running(t *testing.T, mark string) []string {
	t.Helper()
	files, err := filepath.Glob("/proc/[0-9]*/cmdline")
	if err != nil {
		t.Fatal(err)
	}
	var found []string
	for _, file := range files {
		if text, err := os.ReadFile(file); err == nil && strings.Contains(string(text), mark) {
			found = append(found, file)
		}
	}
	return found
}

// listen opens what a build could connect to, and fails the test when it does.
func listen(t *testing.T, network, address string) net.Addr {
	t.Helper()
	l, err := net.Listen(network, address)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	go func() {
		if c, err := l.Accept(); err == nil {
			c.Close()
			t.Errorf("somebody connected to %s %s", network, address)
		}
	}()
	return l.Addr()
}

// TestHostileMakefile builds a folder whose Makefile attacks the machine, and
// sees each attack fail and the module built.
func TestHostileMakefile(t *testing.T) {
	needWalls(t)
	k := testKernel(t)
	c, err := cache.At(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	home, outside, id := t.TempDir(), t.TempDir(), os.Getpid()
	token := fmt.Sprintf("token-%d", id)
	t.Setenv("HOME", home)
	t.Setenv("SECRET_TOKEN", token)
	if err := os.WriteFile(filepath.Join(home, ".netrc"), []byte("password "+token), 0o600); err != nil {
		t.Fatal(err)
	}
	victim := exec.Command("sh", "-c", "while :; do sleep 1000; done", fmt.Sprintf("kmodlab-victim-%d", id))
	if err := victim.Start(); err != nil {
		t.Fatal(err)
	}
	dead := make(chan error, 1)
	go func() { dead <- victim.Wait() }()
	socket := filepath.Join(t.TempDir(), "docker.sock")
	listen(t, "unix", socket)
	abstract := fmt.Sprintf("kmodlab-%d", id)
	listen(t, "unix", "@"+abstract)
	port := listen(t, "tcp", "127.0.0.1:0").(*net.TCPAddr).Port
	mark, lingers := fmt.Sprintf("kmodlab-was-here-%d", id), fmt.Sprintf("kmodlab-lingers-%d", id)

	files := map[string]string{"targets.sh": fmt.Sprintf("OUTSIDE=%s HEADERS=%s CACHE=%s USERHOME=%s TOKEN=%s PORT=%d ABSTRACT=%s SOCKET=%s VICTIM=kmodlab-victim-%d MARK=%s LINGERS=%s\n",
		outside, k.Headers, c.Root(), home, token, port, abstract, socket, id, mark, lingers)}
	for _, name := range []string{"Makefile", "attack.sh", "hello.c"} {
		text, err := os.ReadFile(filepath.Join("testdata/hostile", name))
		if err != nil {
			t.Fatal(err)
		}
		files[name] = string(text)
	}
	f, err := Read(newFolder(t, files), "")
	if err != nil {
		t.Fatal(err)
	}
	work := t.TempDir()
	out := t.TempDir()
	if err := f.build(t.Context(), k, work, out); err != nil {
		t.Errorf("build() = %v; want the module, whatever its Makefile tries", err)
	}
	report, err := os.ReadFile(filepath.Join(work, f.Name, "report"))
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(string(report)) {
		if !strings.HasSuffix(line, " stopped\n") {
			t.Errorf("attack: %s", line)
		}
	}
	if n := strings.Count(string(report), "\n"); n != 25 {
		noise, _ := os.ReadFile(filepath.Join(work, f.Name, "noise"))
		t.Errorf("%d attacks; want 25\n%s%s", n, report, noise)
	}
	for _, path := range []string{"/etc/" + mark, "/usr/" + mark, "/" + mark, outside + "/written", k.Headers + "/written", c.Root() + "/written", home + "/written", "/tmp/" + mark} {
		if _, err := os.Lstat(path); err == nil {
			t.Errorf("%s was written", path)
			os.Remove(path)
		}
	}
	select {
	case err := <-dead:
		t.Errorf("the victim is dead: %v", err)
	default:
		victim.Process.Kill()
		<-dead
	}
	for _, file := range running(t, lingers) {
		t.Errorf("%s still runs", file)
		var pid int
		if _, err := fmt.Sscanf(file, "/proc/%d/", &pid); err == nil {
			if p, err := os.FindProcess(pid); err == nil {
				p.Kill()
			}
		}
	}
}

// TestEndlessMakefile has a Makefile that never ends.
func TestEndlessMakefile(t *testing.T) {
	mark := fmt.Sprintf("kmodlab-endless-%d", os.Getpid())
	t.Setenv(box.EnvLimit, "2s")
	c, err := cache.At(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	f, err := Read(newFolder(t, map[string]string{"Makefile": "modules:\n\t@sh -c 'trap \"\" TERM; while :; do :; done' " + mark + "\n"}), "")
	if err != nil {
		t.Fatal(err)
	}
	_, err = f.Build(t.Context(), c, testKernel(t))
	if fault.Of(err) != fault.Build || !strings.Contains(err.Error(), "did not end") || !strings.Contains(err.Error(), box.EnvLimit) {
		t.Errorf("Build() = %v; want a fault of the build that says how to let it run longer", err)
	}
	if left := running(t, mark); len(left) > 0 {
		t.Errorf("%v still run", left)
	}
}

// TestNoWayOut has sources that lead the harness itself out of the copy, by a
// link or by a name.
func TestNoWayOut(t *testing.T) {
	for name, escape := range map[string]func(t *testing.T, outside string) error{
		"a link where a Kbuild file is written": func(t *testing.T, outside string) error {
			b := newBuild(t, map[string]string{"Makefile": "obj-m := a.o\n"})
			b.moved, b.without = "Makefile", []string{"a.o"}
			if err := os.Symlink(filepath.Join(outside, "target"), filepath.Join(b.stage, "Kbuild")); err != nil {
				t.Fatal(err)
			}
			return b.filter()
		},
		"a package's name": func(t *testing.T, outside string) error {
			b := newBuild(t, map[string]string{"dkms.conf": "PACKAGE_NAME=../../../../../../../../" + outside + "\nPACKAGE_VERSION=target\nMAKE=true\n"})
			_, err := b.dkms(t.Context())
			return err
		},
		"a link where it was built": func(t *testing.T, outside string) error {
			b := newBuild(t, map[string]string{"Makefile": "obj-m := a.o\n"})
			if err := errors.Join(os.RemoveAll(b.stage), os.Symlink(outside, b.stage)); err != nil {
				t.Fatal(err)
			}
			_, err := b.made()
			return err
		},
	} {
		t.Run(name, func(t *testing.T) {
			outside := t.TempDir()
			if err := escape(t, outside); fault.Of(err) != fault.Build {
				t.Errorf("error %v; want a fault of the build", err)
			}
			if left, err := os.ReadDir(outside); err != nil || len(left) > 0 {
				t.Errorf("outside are %v, %v; want nothing", left, err)
			}
		})
	}
}
