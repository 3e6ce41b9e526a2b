// SPDX-License-Identifier: GPL-2.0-only

package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"kmodlab/harness"
	"kmodlab/vmimages/vmimagestest"

	"kmodlab"
)

// build compiles the program to a file of its own.
func build(t *testing.T) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "kmodlab")
	if output, err := exec.CommandContext(t.Context(), "go", "build", "-o", path, ".").CombinedOutput(); err != nil {
		t.Fatalf("go build: %v\n%s", err, output)
	}
	return path
}

// stranger is somebody with a repository and the program.
type stranger struct {
	program, dir string
}

// run runs the program in the repository and returns what it says, on both
// streams, and its exit status.
func (s stranger) run(t *testing.T, args ...string) (string, int) {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), s.program, args...)
	cmd.Dir = s.dir
	output, err := cmd.CombinedOutput()
	if cmd.ProcessState == nil {
		t.Fatal(err)
	}
	t.Logf("$ kmodlab %s\n%s", strings.Join(args, " "), output)
	return string(output), cmd.ProcessState.ExitCode()
}

func (s stranger) write(t *testing.T, name, text string) {
	t.Helper()
	if err := os.WriteFile(filepath.Join(s.dir, name), []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
}

const module = `// SPDX-License-Identifier: GPL-2.0-only
#include <linux/module.h>

static int __init greet_init(void)
{
	pr_info("greet: hello\n");
	return 0;
}

static void __exit greet_exit(void)
{
}

module_init(greet_init);
module_exit(greet_exit);
MODULE_DESCRIPTION("greets");
MODULE_LICENSE("GPL");
`

// TestRepository is the day of an author with a repository far from here: init,
// test, an edit that breaks it, test, mend, test.
func TestRepository(t *testing.T) {
	vmimagestest.Kernel(t, "6.12")
	s := stranger{build(t), filepath.Join(t.TempDir(), "a repository: ä")}
	if err := os.Mkdir(s.dir, 0o755); err != nil {
		t.Fatal(err)
	}
	s.write(t, "greet.c", module)
	s.write(t, "Makefile", "obj-m := greet.o\n")
	if said, code := s.run(t, "init", "-ci=gitlab"); code != 0 || !strings.Contains(said, "kmodlab.toml") || !strings.Contains(said, "greet.txtar") {
		t.Fatalf("init: %d, %s; want what it wrote", code, said)
	}
	s.write(t, "kmodlab.toml", "kernels = [\"6.12\"]\n")
	s.write(t, "greet.txtar", "insmod greet\ndmesg insert.log\nrmmod greet\ndmesg *\n-- insert.log --\ngreet: hello\n")
	for _, args := range [][]string{{"init", "-q"}, {"add", "."}, {"-c", "user.name=a", "-c", "user.email=a@b", "commit", "-qm", "first"}} {
		git := exec.CommandContext(t.Context(), "git", args...)
		git.Dir = s.dir
		if output, err := git.CombinedOutput(); err != nil {
			t.Fatalf("git %s: %v\n%s", args, err, output)
		}
	}
	if said, code := s.run(t, "test"); code != 0 || !strings.Contains(said, "cases: 1 passed, 0 failed") {
		t.Fatalf("test: %d; want a pass\n%s", code, said)
	}
	s.write(t, "greet.c", strings.Replace(module, "hello", "hallo", 1))
	said, code := s.run(t, "test")
	if code != 1 || !strings.Contains(said, "-greet: hello") || !strings.Contains(said, "+greet: hallo") || !regexp.MustCompile(`since the last run:\n.*pass becomes fail`).MatchString(said) {
		t.Errorf("test of another greeting: %d; want what differs, and that it passed before\n%s", code, said)
	}
	if !strings.Contains(said, "kmodlab try -dir=") || strings.Contains(said, "go tool mage") {
		t.Errorf("it says how to see it again as\n%s\nwant this program's name", said)
	}
	s.write(t, "greet.c", strings.Replace(module, "return 0;", "return nothing;", 1))
	if said, code := s.run(t, "test"); code != 1 || !strings.Contains(said, "greet.c:7") {
		t.Errorf("test of an error: %d; want its line\n%s", code, said)
	}
	s.write(t, "greet.c", module)
	if said, code := s.run(t, "test"); code != 0 || !strings.Contains(said, "cases: 1 passed, 0 failed") {
		t.Errorf("test after it was mended: %d; want a pass\n%s", code, said)
	}
	// The results that lie there now are no change.
	if text, err := os.ReadFile(filepath.Join(s.dir, outFolder, "results.json")); err != nil || !regexp.MustCompile(`"commit": "[0-9a-f]{12}",\s+"kmodlab": ".`).Match(text) {
		t.Errorf("the results do not say of which commit they are, and who judged: %v\n%s", err, text)
	}
	s.write(t, "greet.txtar", "insmod greet nope=1\ndmesg *\nrmmod greet\ndmesg *\n")
	s.write(t, "kmodlab.toml", "kernels = [\"6.12\"]\nstrict = true\n")
	const remark = "greet: unknown parameter 'nope' ignored"
	if said, code := s.run(t, "test"); code != 1 || !strings.Contains(said, "with -strict: the kernel remarked: "+remark) || !strings.Contains(said, " -strict\n") {
		t.Errorf("test, strict, of a parameter that there is not: %d; want what the kernel remarks, and -strict in the command that shows it again\n%s", code, said)
	}
	if said, code := s.run(t, "test", "-strict=false"); code != 0 || !strings.Contains(said, "passed, and the kernel remarked:\n  "+remark) {
		t.Errorf("test with -strict=false: %d; want a pass and what the kernel remarked\n%s", code, said)
	}
	s.write(t, "kmodlab.toml", "kernels = [\"6.12\"]\nstrict = true\n[[allow]]\ntitle = \""+remark+"\"\nreason = \"it will have it\"\nuntil = 9999-12-31\n")
	if said, code := s.run(t, "test"); code != 0 || strings.Contains(said, "remarked") {
		t.Errorf("test, strict, of a remark that is allowed: %d; want a pass and no word of it\n%s", code, said)
	}
	for _, name := range []string{"results.json", "report.html", "junit.xml", "results.ktap"} {
		if _, err := os.Stat(filepath.Join(s.dir, outFolder, name)); err != nil {
			t.Errorf("no %s in %s: %v", name, outFolder, err)
		}
	}
}

// What is wrong on the command line is one error that says how to go on.
func TestUsage(t *testing.T) {
	s := stranger{build(t), t.TempDir()}
	for line, want := range map[string]string{
		"tets":             `did you mean "test"?`,
		"test -kernal=6.1": `did you mean "kernel"?`,
		"test -strict=yes": "invalid",
		"new":              "takes 1 arguments",
		"new a b":          "takes 1 arguments",
		"test":             "there is no module to build",
		"init":             "neither Kbuild nor Makefile",
	} {
		said, code := s.run(t, strings.Fields(line)...)
		if code != 2 || strings.Count(said, "Error: ") != 1 || !strings.Contains(said, want) {
			t.Errorf("kmodlab %s: %d\n%s\nwant 2, one error with %q", line, code, said, want)
		}
	}
}

// What a command says of itself is what one has to type.
func TestHelp(t *testing.T) {
	s := stranger{build(t), t.TempDir()}
	for name := range verbs {
		said, code := s.run(t, name, "-h")
		if code != 0 || strings.Contains(said, "go tool mage") || !strings.Contains(said, "kmodlab "+name) {
			t.Errorf("kmodlab %s -h: %d\n%s\nwant help, and nothing of mage", name, code, said)
		}
	}
	if said, _ := s.run(t, "test", "-h"); !strings.Contains(said, "--params") || !strings.Contains(said, "--dir") {
		t.Errorf("kmodlab test -h says\n%s\nwant the flags of try", said)
	}
}

// Each command is one of mage's, or says of itself what it does and takes.
func TestCommands(t *testing.T) {
	targets, err := harness.Targets(kmodlab.Magefile)
	if err != nil {
		t.Fatal(err)
	}
	known := map[string]harness.Target{}
	for _, target := range append(targets, own...) {
		known[target.Name] = target
	}
	for name := range verbs {
		target, ok := known[name]
		if !ok || target.Short == "" {
			t.Errorf("%s is a command without a word about it", name)
		}
		for _, f := range target.Flags {
			if f.Help == "" {
				t.Errorf("%s: -%s has no word about it", name, f.Name)
			}
		}
	}
	for _, target := range own {
		if verbs[target.Name] == nil {
			t.Errorf("%s does nothing", target.Name)
		}
	}
}
