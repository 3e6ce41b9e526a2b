// SPDX-License-Identifier: GPL-2.0-only

package vm_test

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"strings"
	"syscall"
	"testing"

	"kmodlab/harness/internal/vm"
)

// person types what dialogue says: each answer when the screen ends with the
// text before it. What is left unanswered when the shell ends is returned.
type person struct {
	dialogue []line
	typed    io.Writer
	screen   strings.Builder
}

type line struct{ seen, typed string }

func (p *person) Write(shown []byte) (int, error) {
	for _, c := range shown {
		p.screen.WriteByte(c)
		if len(p.dialogue) > 0 && strings.HasSuffix(p.screen.String(), p.dialogue[0].seen) {
			io.WriteString(p.typed, p.dialogue[0].typed)
			p.dialogue = p.dialogue[1:]
		}
	}
	return len(shown), nil
}

// watcher is a person whose screen somebody else watches.
type watcher struct {
	*person
	see func(screen string)
}

func (w watcher) Write(shown []byte) (int, error) {
	for i := range shown {
		w.person.Write(shown[i : i+1])
		w.see(w.screen.String())
	}
	return len(shown), nil
}

const prompt = "$ "

// session runs a shell in a clone that has vmt.ko, and returns the screen.
func session(t *testing.T, l lab, dialogue []line) (string, *vm.VM, error) {
	t.Helper()
	v := l.clone(t)
	if there := strings.Contains(v.Console(), prompt); there != l.machine.Shell {
		t.Fatalf("the console of a fresh clone has a prompt: %t; want %t\n%s", there, l.machine.Shell, v.Console())
	}
	files := map[string][]byte{"/modules/vmt.ko": l.module, "/modules/other.ko": nil}
	if ans, err := v.WriteFiles(t.Context(), files, 0o644); err != nil || ans.Errno != 0 {
		t.Fatalf("WriteFiles = %v, %v; want no error", ans.Errno, err)
	}
	in, typed := pipe(t)
	p := &person{dialogue: dialogue, typed: typed}
	sizes := make(chan vm.Size, 1)
	sizes <- vm.Size{Rows: 33, Columns: 77}
	err := v.Shell(t.Context(), in, p, sizes)
	v.Close()
	if len(p.dialogue) > 0 {
		t.Errorf("the shell ended before %q\n%s", p.dialogue[0].typed, p.screen.String())
	}
	return p.screen.String(), v, err
}

// TestShell types what a person would type.
func TestShell(t *testing.T) {
	started, frozen := newLab(t, ""), newLab(t, "")
	frozen.machine.Shell = true
	// One that was frozen is what users get; one that is started does the same.
	const both = "insert and list"
	for name, tt := range map[string]struct {
		dialogue []line
		want     []string
	}{
		both: {
			[]line{{prompt, "insmod vmt.ko lines=1\r"}, {prompt, "lsmod\r"}, {prompt, "exit\r"}},
			[]string{"vmt: ok by insmod", "vmt: line 0", "Used by"},
		},
		"tab completes":                  {[]line{{prompt, "insmod vm\t"}, {"vmt.ko", "\r"}, {prompt, "\x04"}}, []string{"vmt: ok by insmod"}},
		"Ctrl-] leaves a hung program":   {[]line{{prompt, "sleep 1000\r"}, {"sleep 1000\r\n", "\x1d"}}, nil},
		"Ctrl-C ends dmesg -w, not more": {[]line{{prompt, "dmesg -w\r"}, {"a shell is ready\r\n", "\x03"}, {prompt, "echo live$((1+1))\r"}, {prompt, "exit\r"}}, []string{"live2"}},
		"Ctrl-C forgets the line":        {[]line{{prompt, "reboot"}, {"reboot", "\x03"}, {prompt, "exit\r"}}, nil},
	} {
		for how, l := range map[string]lab{"started": started, "frozen": frozen} {
			if how == "started" && name != both {
				continue
			}
			t.Run(name+"/"+how, func(t *testing.T) {
				screen, v, err := session(t, l, tt.dialogue)
				if fate := v.Close(); err != nil || fate.How != vm.Closed && fate.How != vm.Killed {
					t.Errorf("Shell = %v, and the VM: %s; want no error, and a VM that lives until it is closed", err, fate.How)
				}
				for _, want := range tt.want {
					if !strings.Contains(screen, want) {
						t.Errorf("the screen does not show %q\n%s", want, screen)
					}
				}
			})
		}
	}
}

// TestWriteFilesRuns checks that a file which is written into a folder that is not
// there can be run, if its mode says so.
func TestWriteFilesRuns(t *testing.T) {
	v := newLab(t, "").clone(t)
	for mode, want := range map[fs.FileMode]syscall.Errno{0o755: 0, 0o644: syscall.EACCES} {
		path := fmt.Sprintf("/files/%o/probe", mode)
		if ans, err := v.WriteFiles(t.Context(), map[string][]byte{path: []byte("#!/bbin/gosh\necho it runs\n")}, mode); err != nil || ans.Errno != 0 {
			t.Fatalf("WriteFiles(%s) = %v, %v; want no error", path, ans.Errno, err)
		}
		ans, err := v.Run(t.Context(), nil, path)
		if err != nil || ans.Errno != want || string(ans.Output) != map[syscall.Errno]string{0: "it runs\n"}[want] {
			t.Errorf("Run(%s) = %v, %q, %v; want %v", path, ans.Errno, ans.Output, err, want)
		}
	}
}

// TestWriteFilesRefused checks that the guest says which file it cannot write.
func TestWriteFilesRefused(t *testing.T) {
	v := newLab(t, "").clone(t)
	ans, err := v.WriteFiles(t.Context(), map[string][]byte{"/dev/null/x": []byte("text")}, 0o644)
	if err != nil || ans.Errno != syscall.ENOTDIR || string(ans.Output) != "/dev/null/x" {
		t.Errorf("WriteFiles = %v for %q, %v; want ENOTDIR for the path", ans.Errno, ans.Output, err)
	}
}

// TestShellOfDyingKernel checks that a kernel which goes down ends its shell,
// and that the VM can tell how.
func TestShellOfDyingKernel(t *testing.T) {
	_, v, err := session(t, newLab(t, ""), []line{{prompt, "insmod vmt.ko mode=panic\r"}})
	if lost, ok := errors.AsType[*vm.Lost](err); !ok || lost.Kind != vm.LostExited {
		t.Errorf("Shell = %v; want that the VM ended", err)
	}
	if fate := v.Close(); fate.How != vm.Panicked {
		t.Errorf("the VM ended: %s; want a panic", fate.How)
	}
}

// TestShellSize checks that the guest knows how large the terminal is, at the
// beginning and after a change.
func TestShellSize(t *testing.T) {
	for name, tt := range map[string]struct {
		frozen bool
		first  []line // until the size is what it is
	}{
		"started": {false, []line{{prompt, "/bin/uinit size\r"}, {"\n33 77\r\n", ""}, {prompt, "echo grow\r"}}},
		// This one learns of the size when it runs already.
		"frozen": {true, []line{{prompt, "while [ \"$(/bin/uinit size)\" != '33 77' ]; do sleep 1; done; echo grow\r"}}},
	} {
		t.Run(name, func(t *testing.T) {
			l := newLab(t, "")
			l.machine.Shell = tt.frozen
			v := l.clone(t)
			in, typed := pipe(t)
			sizes := make(chan vm.Size, 1)
			sizes <- vm.Size{Rows: 33, Columns: 77}
			p := &person{typed: typed, dialogue: append(tt.first, []line{
				{"\ngrow\r\n", ""},
				{prompt, "while [ \"$(/bin/uinit size)\" != '11 22' ]; do sleep 1; done\r"},
				{prompt, "exit\r"},
			}...)}
			grow := watcher{p, func(screen string) {
				if strings.HasSuffix(screen, "\ngrow\r\n") {
					sizes <- vm.Size{Rows: 11, Columns: 22}
				}
			}}
			if err := v.Shell(t.Context(), in, grow, sizes); err != nil {
				t.Fatalf("Shell = %v; want no error\n%s", err, p.screen.String())
			}
		})
	}
}

func pipe(t *testing.T) (r, w *os.File) {
	t.Helper()
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { r.Close(); w.Close() })
	return r, w
}
