// SPDX-License-Identifier: GPL-2.0-only

package compile

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"kmodlab/internal/fault"
	"kmodlab/internal/step"
	"kmodlab/vmimages/internal/image/imagetest"
)

const release = "6.12.118-debug-amd64"

// fakeMake does with sources of the test what make does with a kernel's: it
// configures, drops the options in the file drops, compiles one source after the
// other, and does not compile again what there is an object of. A source that
// says "fail" or "wait" does.
const fakeMake = `#!/bin/sh
set -e
for word; do case $word in O=*) out=${word#O=} ;; -C) ;; /*) src=$word ;; esac; done
for word; do
	case $word in
	kernelversion) cat "$src/version" ;;
	allnoconfig)
		cat "$KCONFIG_ALLCONFIG" > "$out/.config"
		while read -r option; do sed -i "/CONFIG_$option=/d" "$out/.config"; done < "$src/drops" ;;
	-n) dry=1 ;;
	vmlinux)
		for file in "$src"/*.c; do
			object=$out/$(basename "$file" .c).o
			[ -e "$object" ] && continue
			[ -z "$dry" ] || { echo "echo '  CC      $object'; gcc"; continue; }
			echo "  CC      $object"
			case $(cat "$file") in
			fail) echo "$file:1: error: it does"; echo "make: *** Error 1"; exit 2 ;;
			wait) sleep 1000 ;;
			esac
			echo "$CC" > "$object"
		done
		[ -n "$dry" ] || cp "$src/image" "$out/vmlinux"
		[ -n "$dry" ] || echo "0x1	printk	vmlinux	EXPORT_SYMBOL	" > "$out/vmlinux.symvers" ;;
	esac
done
`

// fakeStrip is what is called with -s -o TO FROM.
const fakeStrip = "#!/bin/sh\ncp \"$4\" \"$3\"\n"

// newJob returns the job of making a kernel of three sources.
func newJob(t *testing.T) Job {
	t.Helper()
	dir := t.TempDir()
	j := Job{Release: release, Options: []Option{{"KASAN", "y", "x"}, {"SLUB_TINY", "n", "x"}},
		Sources: filepath.Join(dir, "sources"), Objects: filepath.Join(dir, "objects"), Tools: Tools{filepath.Join(dir, "tools"), "gcc-14", "hostcc"}}
	for name, text := range map[string]string{
		"a.c": "", "b.c": "", "c.c": "", "drops": "", "version": "6.12.118\n", "image": string(imagetest.PVH(t, release)),
		"Kconfig": "config KASAN\nconfig SLUB_TINY\n",
	} {
		write(t, filepath.Join(j.Sources, name), text)
	}
	write(t, filepath.Join(j.Tools.Tree, "usr/bin/make"), fakeMake)
	write(t, filepath.Join(j.Tools.Tree, "usr/bin/strip"), fakeStrip)
	return j
}

func write(t *testing.T, file, text string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(file, []byte(text), 0o755); err != nil {
		t.Fatal(err)
	}
}

// heard runs the job and returns the last progress of each of its steps.
func heard(ctx context.Context, j Job) (map[string]step.Event, error) {
	last := map[string]step.Event{}
	err := j.Run(step.With(ctx, func(e step.Event) {
		if e.Kind == step.Advanced {
			last[e.Name] = e
		}
	}))
	return last, err
}

func TestRun(t *testing.T) {
	j := newJob(t)
	last, err := heard(t.Context(), j)
	if err != nil {
		t.Fatal(err)
	}
	if e := last["compile "+release]; e.Done != 3 || e.Total != 3 {
		t.Errorf("of compiling %+v was told; want 3 of 3", e)
	}
	config, err := os.ReadFile(j.Config())
	if err != nil || !strings.Contains(string(config), "CONFIG_KASAN=y\n") || !strings.Contains(string(config), "CONFIG_LOCALVERSION=\"-debug-amd64\"\n") {
		t.Errorf("the configuration is %q, %v; want KASAN, and the name of the release", config, err)
	}
}

// Whatever is wrong with a kernel that is wished for is told, by name, before
// anything is compiled.
func TestRunRefuses(t *testing.T) {
	for name, tt := range map[string]struct {
		change func(*testing.T, *Job)
		want   string
	}{
		"an option that does not exist": {func(_ *testing.T, j *Job) { j.Options = append(j.Options, Option{"KASSAN", "y", "x"}) }, "no option CONFIG_KASSAN"},
		"one that is to be off, either": {func(_ *testing.T, j *Job) { j.Options = append(j.Options, Option{"SLUB_TINNY", "n", "x"}) }, "no option CONFIG_SLUB_TINNY"},
		"an option that does not stick": {func(t *testing.T, j *Job) { write(t, filepath.Join(j.Sources, "drops"), "KASAN\n") }, "CONFIG_KASAN is n, not y"},
		"one that does not go": {func(_ *testing.T, j *Job) {
			j.Options = []Option{{"KASAN", "y", "x"}}
			j.Tools.CC = "gcc-14"
			j.Options[0].Value = "n"
			j.Options = append(j.Options, Option{"SLUB_TINY", "y", "x"})
			write(t, filepath.Join(j.Sources, "drops"), "SLUB_TINY\n")
		}, "CONFIG_SLUB_TINY is n, not y"},
		"sources of another version": {func(t *testing.T, j *Job) { write(t, filepath.Join(j.Sources, "version"), "6.12.117\n") }, `the sources are those of "6.12.117"`},
		"sources of no version":      {func(t *testing.T, j *Job) { write(t, filepath.Join(j.Sources, "version"), "") }, `the sources are those of ""`},
	} {
		t.Run(name, func(t *testing.T) {
			j := newJob(t)
			tt.change(t, &j)
			_, err := heard(t.Context(), j)
			if fault.Of(err) != fault.Harness || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("Run() = %v; want one that tells of %q", err, tt.want)
			}
			if _, err := os.Stat(filepath.Join(j.Objects, "a.o")); err == nil {
				t.Error("something was compiled")
			}
		})
	}
}

// What does not compile is told with the compiler's words, and what was compiled
// before it is not compiled again.
func TestRunGoesOn(t *testing.T) {
	j := newJob(t)
	write(t, filepath.Join(j.Sources, "c.c"), "fail")
	if _, err := heard(t.Context(), j); fault.Of(err) != fault.Build || !strings.Contains(err.Error(), "c.c:1: error: it does") {
		t.Fatalf("Run() = %v; want a fault of the build, with the compiler's words", err)
	}
	write(t, filepath.Join(j.Sources, "c.c"), "")
	last, err := heard(t.Context(), j)
	if e := last["compile "+release]; err != nil || e.Done != 1 || e.Total != 1 {
		t.Errorf("the second time %+v was told, %v; want 1 of 1: what was left", e, err)
	}
}

// One who interrupts a build gets it back where it was.
func TestRunIsInterrupted(t *testing.T) {
	j := newJob(t)
	write(t, filepath.Join(j.Sources, "b.c"), "wait")
	stop := errors.New("enough")
	ctx, cancel := context.WithCancelCause(t.Context())
	err := j.Run(step.With(ctx, func(e step.Event) {
		if e.Kind == step.Advanced && e.Done == 2 { // it waits for the second
			cancel(stop)
		}
	}))
	if !errors.Is(err, stop) {
		t.Fatalf("Run() = %v; want what it was interrupted with", err)
	}
	whole := filepath.Join(j.Objects, "tools/objtool/objtool")
	write(t, whole, "whole")
	write(t, filepath.Join(j.Sources, "b.c"), "")
	last, err := heard(t.Context(), j)
	if e := last["compile "+release]; err != nil || e.Done != 2 || e.Total != 2 {
		t.Errorf("the second time %+v was told, %v; want 2 of 2", e, err)
	}
	if _, err := os.Stat(whole); err != nil {
		t.Error("a program that was whole is gone:", err)
	}
}

// Of a linker that was killed nothing is left.
func TestSettle(t *testing.T) {
	j := newJob(t)
	half := filepath.Join(j.Objects, "tools/objtool/objtool")
	write(t, half, "half")
	if _, err := heard(t.Context(), j); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(half); err == nil {
		t.Error("a program that was half written is left")
	}
}

func TestImage(t *testing.T) {
	for name, tt := range map[string]struct{ image, want string }{
		"whole":              {string(imagetest.PVH(t, release)), ""},
		"of another release": {string(imagetest.PVH(t, "6.12.117")), "the image is one of 6.12.117"},
		"without an entry":   {string(imagetest.ELF(t, 62, "Linux version "+release+" (x)\n")), "CONFIG_PVH"},
	} {
		t.Run(name, func(t *testing.T) {
			j := newJob(t)
			write(t, filepath.Join(j.Sources, "image"), tt.image)
			if err := j.Run(t.Context()); err != nil {
				t.Fatal(err)
			}
			out := filepath.Join(t.TempDir(), "vmlinux")
			err := j.Image(t.Context(), out)
			if tt.want != "" {
				if err == nil || !strings.Contains(err.Error(), tt.want) {
					t.Errorf("Image() = %v; want one that tells of %q", err, tt.want)
				}
				return
			}
			if text, rerr := os.ReadFile(out); err != nil || rerr != nil || string(text) != tt.image {
				t.Errorf("Image() wrote %d bytes, %v, %v; want the image", len(text), err, rerr)
			}
		})
	}
}
