// SPDX-License-Identifier: GPL-2.0-only

package vm_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"kmodlab/harness/internal/vm"
	"kmodlab/internal/fault"
)

func TestKernelArgs(t *testing.T) {
	for name, tt := range map[string]struct {
		text string
		want []string
	}{
		"nothing":            {"", []string{}},
		"blanks":             {"  ", []string{}},
		"words":              {" slub_debug=FZPU  init_on_free=1 nohlt ", []string{"slub_debug=FZPU", "init_on_free=1", "nohlt"}},
		"blanks in a value":  {`dyndbg="file core.c +p" x`, []string{`dyndbg="file core.c +p"`, "x"}},
		"a word in a value":  {`dyndbg="format console=ttyS1 +p"`, []string{`dyndbg="format console=ttyS1 +p"`}},
		"one in quotes":      {`"dyndbg=file core.c +p"`, []string{`"dyndbg=file core.c +p"`}},
		"half a name":        {`"console"=ttyS1`, []string{`"console"=ttyS1`}}, // to the kernel it is console"
		"alike, not refused": {"init_on_alloc=0 panic_on_warn=1 initcall_debug oops=panic", []string{"init_on_alloc=0", "panic_on_warn=1", "initcall_debug", "oops=panic"}},
	} {
		t.Run(name, func(t *testing.T) {
			words, err := vm.KernelArgs("-kernel-args", tt.text)
			if d := cmp.Diff(tt.want, words); d != "" || err != nil {
				t.Errorf("KernelArgs(%q) = %v (-want +got):\n%s", tt.text, err, d)
			}
		})
	}
}

func TestKernelArgsRefuses(t *testing.T) {
	for name, tt := range map[string]struct{ text, want string }{
		"the console":             {"a console=ttyS1", "console=ttyS1 is not yours to give: the harness has every kernel boot with console=ttyS0"},
		"the console of another":  {"console", "console is not yours"},
		"panic":                   {"panic=0", "boot with panic=-1"},
		"the log's size":          {"log-buf-len=64K", "boot with log_buf_len=1M"},
		"quiet":                   {"quiet", "boot with quiet"},
		"a clock":                 {"tsc=unstable", "boot with tsc=reliable"},
		"a name with a dot":       {"8250.nr_uarts=0", "boot with 8250.nr_uarts=1"},
		"the agent's environment": {"GODEBUG=gctrace=1", "boot with GODEBUG="},
		"more of it":              {"GOMAXPROCS=4", "for the programs of the harness"},
		"init":                    {"init=/bin/sh", "init=/bin/sh is not yours to give: a VM boots into"},
		"the init of initramfs":   {"rdinit=/x", "whose init starts the agent"},
		"u-root's":                {"uroot.uinitargs=x", "whose init starts the agent"},
		"the log's level":         {"loglevel=7", "loglevel=7 is not yours to give: lines on the console"},
		"with dashes":             {"ignore-loglevel", "lines on the console"},
		"no modules":              {"nomodule", "takes no module"},
		"processors":              {"maxcpus=1", "cpus:2"},
		"reset":                   {"reboot=halt", "at once"},
		"in quotes":               {`"init=/bin/sh -c x"`, "whose init starts the agent"},
		"the end":                 {"slub_debug=P -- x", "-- is not yours to give: what is behind it"},
		"an open quote":           {`a="b c`, "a quotation mark is not closed"},
		"a line feed":             {"a\nb", `printable ASCII in one line, and this is not: "a\nb"`},
		"a tab":                   {"a\tb", "printable ASCII"},
		"an umlaut":               {"a=ä", "printable ASCII"},
		"DEL":                     {"a=\x7f", "printable ASCII"},
		"too much":                {"a=" + strings.Repeat("x", 1023), "room for 1024 characters of yours, and these are 1025"},
	} {
		t.Run(name, func(t *testing.T) {
			words, err := vm.KernelArgs("-kernel-args", tt.text)
			if fault.Of(err) != fault.Usage || !strings.Contains(err.Error(), tt.want) || !strings.Contains(err.Error(), "(-kernel-args)") || words != nil {
				t.Errorf("KernelArgs(%q) = %q, %v; want an error of usage with %q", tt.text, words, err, tt.want)
			}
		})
	}
}

// A kernel boots with the words, and tells them.
func TestKernelArgsArrive(t *testing.T) {
	const args = `kmodlab.word=1 kmodlab.words="a b"`
	l := newLab(t, "")
	m := l.machine
	var err error
	if m.KernelArgs, err = vm.KernelArgs("", args); err != nil {
		t.Fatal(err)
	}
	template, err := vm.Freeze(logged(t), l.cache, m)
	if err != nil {
		t.Fatal(err)
	}
	v, err := template.Clone(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer v.Close()
	answer, err := v.ReadFile(t.Context(), "/proc/cmdline")
	if err != nil || !strings.HasSuffix(strings.TrimSpace(string(answer.Output)), " "+args) {
		t.Errorf("the kernel's command line is %q, %v; want %q at its end", answer.Output, err, args)
	}
}
