// SPDX-License-Identifier: GPL-2.0-only

package ci

import (
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// template is the job that others extend; which keys a job may have is GitLab's
// word (app/assets/javascripts/editor/schema/ci.json).
type template struct {
	Image, Timeout string
	Variables      map[string]string
	Cache          struct {
		Key, When string
		Paths     []string
	}
	BeforeScript []string `yaml:"before_script"`
	Script       []string
	AfterScript  []string `yaml:"after_script"`
	Artifacts    struct {
		When    string
		Paths   []string
		Reports struct{ Junit string }
	}
}

func readTemplate(t *testing.T) template {
	t.Helper()
	var jobs map[string]template
	if err := decode(read(t, "kmodlab.gitlab-ci.yml"), &jobs); err != nil {
		t.Fatal(err)
	}
	// A job whose name has no dot would run in every project that includes it.
	if d := cmp.Diff([]string{".kmodlab"}, slices.Collect(maps.Keys(jobs))); d != "" {
		t.Fatalf("jobs (-want +got):\n%s", d)
	}
	return jobs[".kmodlab"]
}

// script is what GitLab has one shell do.
func (j template) script() string {
	return strings.Join(slices.Concat(j.BeforeScript, j.Script), "\n")
}

// Reports are kept however a job ends, and the cache is.
func TestTemplate(t *testing.T) {
	job := readTemplate(t)
	if job.Artifacts.When != "always" || job.Cache.When != "always" {
		t.Errorf("artifacts are kept %s, the cache %s; want always", job.Artifacts.When, job.Cache.When)
	}
	if !slices.Equal(job.Artifacts.Paths, []string{"kmodlab-out"}) || job.Artifacts.Reports.Junit != "kmodlab-out/junit.xml" {
		t.Errorf("artifacts are %+v; want kmodlab-out and its JUnit report", job.Artifacts)
	}
}

// The steps of the job, in their order, end as kmodlab does, and the cache is where
// GitLab looks for it before and afterwards, and elsewhere in between.
func TestTemplateRuns(t *testing.T) {
	job := readTemplate(t)
	for _, tc := range []struct {
		name   string
		vars   map[string]string
		status string
		clone  []string
		test   []string
	}{
		{"nothing said", nil, "0", nil, nil},
		{"everything said", map[string]string{"KMODLAB_REF": "v1.2.3", "KMODLAB_KERNELS": ">=6.1, 6.12", "KMODLAB_FLAVOUR": "rt", "KMODLAB_ARCH": "all", "KMODLAB_DIR": "my driver", "KMODLAB_PARAMS": nasty, "KMODLAB_STRICT": "true"},
			"1", []string{"--branch", "v1.2.3"}, []string{"-dir=my driver", "-kernel=>=6.1, 6.12", "-flavour=rt", "-arch=all", "-params=" + nasty, "-strict=true"}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			m := newMachine(t)
			m.env["KMODLAB_STATUS"] = tc.status
			m.env["CI_PROJECT_DIR"] = m.work
			for name, value := range job.Variables {
				m.env[name] = os.Expand(value, func(name string) string { return m.env[name] })
			}
			m.env["KMODLAB_URL"] = "https://example.org/kmodlab.git"
			maps.Copy(m.env, tc.vars)
			kept := filepath.Join(m.work, ".kmodlab-cache", "kernel")
			if err := os.MkdirAll(kept, 0o755); err != nil {
				t.Fatal(err)
			}
			// The stand-in cannot be put beside the machine's own programs.
			script := strings.ReplaceAll(job.script(), "/usr/local/bin/kmodlab", filepath.Join(m.bin, "kmodlab"))
			if got := m.bash(t, script); got != tc.status {
				t.Errorf("it ends with %s; want %s, as kmodlab does", got, tc.status)
			}
			if _, err := os.Stat(filepath.Join(m.env["KMODLAB_CACHE"], "kernel")); err != nil {
				t.Errorf("the cache is not at hand: %v", err)
			}
			m.bash(t, strings.Join(job.AfterScript, "\n"))
			if _, err := os.Stat(kept); err != nil {
				t.Errorf("the cache is not kept: %v", err)
			}
			want := [][]string{
				{"apt-get", "update", "-qq"},
				{"apt-get", "install", "-y", "-qq", "--no-install-recommends", "bubblewrap", "make", "xz-utils"},
				slices.Concat([]string{"git", "clone", "--quiet", "--depth=1"}, tc.clone, []string{"https://example.org/kmodlab.git", "TMP/work.kmodlab"}),
				{"go", "build", "-C", "TMP/work.kmodlab", "-o", "TMP/bin/kmodlab", "./cmd/kmodlab"},
				slices.Concat([]string{"kmodlab", "in TMP/work", "test", "-out=kmodlab-out"}, tc.test),
			}
			if d := cmp.Diff(want, m.calls(t)); d != "" {
				t.Errorf("calls (-want +got):\n%s", d)
			}
		})
	}
	m := newMachine(t)
	m.env["KMODLAB_URL"] = ""
	if got := m.bash(t, job.script()); got != "2" || len(m.calls(t)) > 0 {
		t.Errorf("without KMODLAB_URL it ends with %s after %v; want 2, at once", got, m.calls(t))
	}
}
