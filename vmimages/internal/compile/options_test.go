// SPDX-License-Identifier: GPL-2.0-only

package compile

import (
	"errors"
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"kmodlab/internal/fault"
)

func TestOptions(t *testing.T) {
	const text = "# a remark\n\n" +
		"CONFIG_KASAN=y # memory\n" +
		"CONFIG_SLUB_TINY=n   # excludes it\n" +
		"CONFIG_CMDLINE=\"page_poison=1 quiet\" # words # more\n" +
		"CONFIG_NR_CPUS=8 # a number\n" +
		"CONFIG_BASE_FULL=y [kernel:<6.12] # until then\n" +
		"CONFIG_BASE_FULL=n [kernel:>=6.12] # from then on\n" +
		"CONFIG_X=m [kernel:>=6.1] [kernel:<6.9] # between\n"
	for version, want := range map[string]string{
		"5.10.262": "CONFIG_KASAN=y\n# CONFIG_SLUB_TINY is not set\nCONFIG_CMDLINE=\"page_poison=1 quiet\"\nCONFIG_NR_CPUS=8\nCONFIG_BASE_FULL=y\n",
		"6.1.192":  "CONFIG_KASAN=y\n# CONFIG_SLUB_TINY is not set\nCONFIG_CMDLINE=\"page_poison=1 quiet\"\nCONFIG_NR_CPUS=8\nCONFIG_BASE_FULL=y\nCONFIG_X=m\n",
		"7.3~rc7":  "CONFIG_KASAN=y\n# CONFIG_SLUB_TINY is not set\nCONFIG_CMDLINE=\"page_poison=1 quiet\"\nCONFIG_NR_CPUS=8\n# CONFIG_BASE_FULL is not set\n",
	} {
		options, err := Options("x.config", text, version)
		if err != nil {
			t.Fatal(err)
		}
		if d := cmp.Diff(want, Text(options)); d != "" {
			t.Errorf("the configuration of %s (-want +got):\n%s", version, d)
		}
	}
	options, err := Options("x.config", text, "6.1")
	if err != nil || options[0] != (Option{"KASAN", "y", "memory"}) || options[2].Why != "words # more" {
		t.Errorf("Options() = %v, %v; want the reasons with them", options, err)
	}
}

func TestOptionsRefuses(t *testing.T) {
	for name, tt := range map[string]struct{ text, want string }{
		"no reason":        {"CONFIG_A=y\n", "x.config:1"},
		"an empty reason":  {"CONFIG_A=y # \n", "x.config:1"},
		"no value":         {"\nCONFIG_A= # x\n", "x.config:2"},
		"no option":        {"A=y # x\n", "x.config:1"},
		"another form":     {"# CONFIG_A is not set\nCONFIG_A is not set # x\n", "x.config:2"},
		"no comparison":    {"CONFIG_A=y [kernel:6.1] # x\n", "x.config:1"},
		"no condition":     {"CONFIG_A=y [arch:arm64] # x\n", "x.config:1"},
		"no version":       {"CONFIG_A=y [kernel:>=6..1] # x\n", "no version number"},
		"no end":           {"CONFIG_A=\"y # x\n", "x.config:1"},
		"twice":            {"CONFIG_A=y # x\nCONFIG_A=n # x\n", "A is there twice for 6.1"},
		"twice, sometimes": {"CONFIG_A=y # x\nCONFIG_A=n [kernel:>=6.1] # x\n", "A is there twice for 6.1"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := Options("x.config", tt.text, "6.1")
			if f, ok := errors.AsType[*fault.Error](err); !ok || !strings.Contains(err.Error(), tt.want) || f.Hint == "" {
				t.Errorf("Options(%q) = %v; want one that tells of %q", tt.text, err, tt.want)
			}
		})
	}
}

// What this project builds with is in order, for every series.
func TestOwnConfiguration(t *testing.T) {
	text, err := os.ReadFile("../../debug.config")
	if err != nil {
		t.Fatal(err)
	}
	for _, version := range []string{"5.10.262", "6.1.192", "6.12.118", "7.3~rc7", "7.3.4"} {
		options, err := Options("debug.config", string(text), version)
		if err != nil || len(options) < 100 {
			t.Errorf("%s: %d options, %v", version, len(options), err)
		}
	}
}

// What is read comes out as Kconfig reads it, one line an option.
func FuzzOptions(f *testing.F) {
	f.Add("CONFIG_A=y # x\nCONFIG_B=\"a b\" [kernel:>=6.1] # x\n")
	f.Add("CONFIG_A=n [kernel:>=99999999999999999999] # x\n")
	f.Fuzz(func(t *testing.T, text string) {
		options, err := Options("x", text, "6.1")
		if err != nil {
			return
		}
		if got := Text(options); strings.Count(got, "\n") != len(options) {
			t.Errorf("%d options, and the text is %q", len(options), got)
		}
	})
}
