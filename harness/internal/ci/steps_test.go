// SPDX-License-Identifier: GPL-2.0-only

package ci

import (
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// runner does the steps of an action that are scripts, as GitHub's does.
type runner struct {
	*machine
	action  action
	inputs  map[string]string
	outputs map[string]string // steps.ID.outputs.NAME
}

func newRunner(t *testing.T, inputs map[string]string) *runner {
	t.Helper()
	r := &runner{newMachine(t), readAction(t), inputs, map[string]string{}}
	source, err := filepath.Abs(root)
	if err != nil {
		t.Fatal(err)
	}
	r.env["GITHUB_ACTION_PATH"] = filepath.Join(r.dir, "action")
	if err := os.Symlink(source, r.env["GITHUB_ACTION_PATH"]); err != nil {
		t.Fatal(err)
	}
	r.env["RUNNER_TEMP"] = filepath.Join(r.dir, "temp dir")
	r.env["RUNNER_ENVIRONMENT"] = "self-hosted"
	r.env["GITHUB_OUTPUT"] = filepath.Join(r.dir, "output")
	r.env["GITHUB_PATH"] = filepath.Join(r.dir, "path")
	return r
}

// run does the steps until one ends badly, and returns how the last one ended. The
// variables of here stand for those of the same names that steps have.
func (r *runner) run(t *testing.T, here map[string]string) string {
	t.Helper()
	for _, s := range r.action.Runs.Steps {
		if s.Run == "" {
			continue
		}
		if s.If != "" {
			t.Fatalf("step %q: this runner knows no conditions", s.Name)
		}
		before := maps.Clone(r.env)
		for name, value := range s.Env {
			r.env[name] = r.evaluate(t, value)
			if stand, ok := here[name]; ok {
				r.env[name] = stand
			}
		}
		status := r.bash(t, s.Run)
		r.env = before
		for _, line := range r.taken(t, "GITHUB_OUTPUT") {
			name, value, _ := strings.Cut(line, "=")
			r.outputs["steps."+s.ID+".outputs."+name] = value
		}
		for _, line := range r.taken(t, "GITHUB_PATH") {
			r.env["PATH"] = line + ":" + r.env["PATH"]
		}
		if status != "0" {
			return status
		}
	}
	return "0"
}

// taken returns the lines that a step left in the file that a variable names.
func (r *runner) taken(t *testing.T, variable string) []string {
	t.Helper()
	text, err := os.ReadFile(r.env[variable])
	if err != nil {
		return nil // it left none
	}
	if err := os.Remove(r.env[variable]); err != nil {
		t.Fatal(err)
	}
	return strings.Split(strings.TrimSpace(string(text)), "\n")
}

var expression = regexp.MustCompile(`^\$\{\{ (.*) \}\}$`)

// evaluate knows of expressions inputs, environment and ||.
func (r *runner) evaluate(t *testing.T, text string) string {
	t.Helper()
	m := expression.FindStringSubmatch(text)
	if m == nil {
		return text
	}
	for term := range strings.SplitSeq(m[1], " || ") {
		kind, name, _ := strings.Cut(term, ".")
		values, ok := map[string]map[string]string{"inputs": r.inputs, "env": r.env}[kind]
		if !ok {
			t.Fatalf("this runner cannot evaluate %s", text)
		}
		if value := values[name]; value != "" {
			return value
		}
	}
	return ""
}

var (
	installs = []string{"apt-get", "install", "-y", "-qq", "--no-install-recommends", "bubblewrap", "make", "xz-utils"}
	builds   = [][]string{
		{"go", "env", "GOCACHE"}, {"go", "env", "GOMODCACHE"},
		{"go", "build", "-C", "TMP/action", "-buildvcs=false", "-o", "TMP/temp dir/kmodlab/bin/kmodlab", "./cmd/kmodlab"},
	}
)

// The steps come in their order, each input is one argument whatever it holds, or
// none, and how kmodlab ends is how the action ends.
func TestSteps(t *testing.T) {
	for _, tc := range []struct {
		name, status string
		inputs       map[string]string
		args         []string
	}{
		{"nothing said", "0", nil, nil},
		{"a case failed", "1", map[string]string{"kernels": "6.12"}, []string{"-kernel=6.12"}},
		{"wrong usage", "2", map[string]string{"flavour": "pink", "arch": "amd64"}, []string{"-flavour=pink", "-arch=amd64"}},
		{"the harness failed", "3", map[string]string{"arch": "arm64"}, []string{"-arch=arm64"}},
		{"blanks and quotes", "0", map[string]string{"dir": "my driver's", "kernels": ">=6.1, 6.12", "params": nasty},
			[]string{"-dir=my driver's", "-kernel=>=6.1, 6.12", "-params=" + nasty}},
		{"everything", "1", map[string]string{"dir": "d", "kernels": "all", "flavour": "rt", "arch": "all", "params": "a:x=1", "strict": "true"},
			[]string{"-dir=d", "-kernel=all", "-flavour=rt", "-arch=all", "-params=a:x=1", "-strict=true"}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			r := newRunner(t, tc.inputs)
			r.env["KMODLAB_STATUS"] = tc.status
			if got := r.run(t, nil); got != tc.status || r.outputs["steps.test.outputs.status"] != tc.status {
				t.Errorf("it ends with %s and says %q; want %s, as kmodlab ends", got, r.outputs["steps.test.outputs.status"], tc.status)
			}
			want := slices.Concat([][]string{{"apt-get", "update", "-qq"}, installs}, builds,
				[][]string{slices.Concat([]string{"kmodlab", "in TMP/work", "test", "-out=kmodlab-out"}, tc.args)})
			if d := cmp.Diff(want, r.calls(t)); d != "" {
				t.Errorf("calls (-want +got):\n%s", d)
			}
		})
	}
}

// Only a machine of GitHub's own is changed, and only by who is not root there.
func TestStepsOpenTheMachine(t *testing.T) {
	there := filepath.Join(t.TempDir(), "there")
	if err := os.WriteFile(there, nil, 0o644); err != nil {
		t.Fatal(err)
	}
	kvm := [][]string{
		{"sudo", "tee", "/etc/udev/rules.d/99-kvm4all.rules", `KERNEL=="kvm", GROUP="kvm", MODE="0666", OPTIONS+="static_node=kvm"`},
		{"sudo", "udevadm", "control", "--reload-rules"}, {"sudo", "udevadm", "trigger", "--name-match=kvm"}, {"sudo", "udevadm", "settle"},
	}
	userns := [][]string{{"sudo", "sysctl", "-q", "-w", "kernel.apparmor_restrict_unprivileged_userns=0"}}
	for _, tc := range []struct {
		name, environment, uid, kvm, userns string
		want                                [][]string
	}{
		{"all of it", "github-hosted", "1001", there, there, slices.Concat(kvm, userns)},
		{"no KVM", "github-hosted", "1001", there + "-not", there, userns},
		{"no restriction", "github-hosted", "1001", there, there + "-not", kvm},
		{"a container", "github-hosted", "0", there, there, nil},
		{"somebody's machine", "self-hosted", "1001", there, there, nil},
	} {
		t.Run(tc.name, func(t *testing.T) {
			r := newRunner(t, nil)
			r.env["RUNNER_ENVIRONMENT"], r.env["STAND_IN_UID"] = tc.environment, tc.uid
			if got := r.run(t, map[string]string{"KVM": tc.kvm, "USERNS": tc.userns}); got != "0" {
				t.Fatalf("it ends with %s", got)
			}
			install := [][]string{{"apt-get", "update", "-qq"}, installs}
			if tc.uid != "0" {
				install = [][]string{{"sudo", "apt-get", "update", "-qq"}, slices.Concat([]string{"sudo", "env", "DEBIAN_FRONTEND=noninteractive"}, installs)}
			}
			want := slices.Concat(install, tc.want, builds, [][]string{{"kmodlab", "in TMP/work", "test", "-out=kmodlab-out"}})
			if d := cmp.Diff(want, r.calls(t)); d != "" {
				t.Errorf("calls (-want +got):\n%s", d)
			}
		})
	}
}

// The cache is that of what is asked for, and where kmodlab looks for it.
func TestStepsNameTheCache(t *testing.T) {
	seen := map[string]string{}
	for _, tc := range []struct {
		name, toml string
		inputs     map[string]string
		same       string // a case that has the same key
	}{
		{"nothing", "", nil, ""},
		{"parameters", "", map[string]string{"params": "a:x=1"}, "nothing"},
		{"kernels", "", map[string]string{"kernels": "6.12"}, ""},
		{"an architecture", "", map[string]string{"arch": "arm64"}, ""},
		{"a flavour", "", map[string]string{"flavour": "rt"}, ""},
		{"a file", "kernels = \"6.12\"\n", nil, ""},
	} {
		r := newRunner(t, tc.inputs)
		if tc.toml != "" {
			if err := os.WriteFile(filepath.Join(r.work, "kmodlab.toml"), []byte(tc.toml), 0o644); err != nil {
				t.Fatal(err)
			}
		}
		r.run(t, nil)
		key := r.outputs["steps.cache.outputs.key"]
		before, ok := seen[key]
		if !strings.HasPrefix(key, "kmodlab-") || ok != (tc.same != "") || before != tc.same {
			t.Errorf("%s: key %q, that of %q; want that of %q", tc.name, key, before, tc.same)
		}
		if !ok {
			seen[key] = tc.name
		}
		if got, want := r.outputs["steps.cache.outputs.dir"], r.env["HOME"]+"/.cache/kmodlab"; got != want {
			t.Errorf("%s: the cache is %s; want %s", tc.name, got, want)
		}
	}
	r := newRunner(t, nil)
	r.env["KMODLAB_CACHE"] = "/somewhere else"
	r.run(t, nil)
	if got := r.outputs["steps.cache.outputs.dir"]; got != "/somewhere else" {
		t.Errorf("the cache is %q; want the one that KMODLAB_CACHE names", got)
	}
	gomod := string(read(t, "go.mod"))
	if v := r.outputs["steps.go.outputs.version"]; v == "" || !strings.Contains(gomod, "\ngo "+v+"\n") {
		t.Errorf("it takes Go %q; want what go.mod says", v)
	}
}
