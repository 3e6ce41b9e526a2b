// SPDX-License-Identifier: GPL-2.0-only

package kernel

import (
	"context"
	"errors"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// Where modules have to be fetched, their names are known before.
func TestModuleNames(t *testing.T) {
	lists := t.TempDir()
	if err := os.WriteFile(filepath.Join(lists, "modules.order"), []byte("kernel/drivers/i2c/i2c-dev.ko\nkernel/drivers/net/dummy.ko\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	fetch := func(context.Context, ...string) (map[string]string, error) { return nil, errors.New("fetched") }
	for name, tt := range map[string]struct {
		kernel *Kernel
		want   []string
		fails  bool
	}{
		"with it":          {testKernel(t, "6.12"), []string{"cfg80211"}, false},
		"to be fetched":    {&Kernel{Modules: lists, FetchModules: fetch}, []string{"dummy", "i2c_dev"}, false},
		"no list of them":  {&Kernel{Modules: t.TempDir(), FetchModules: fetch}, nil, true},
		"came without any": {&Kernel{}, nil, false},
	} {
		names, err := tt.kernel.ModuleNames()
		if d := cmp.Diff(tt.want, slices.Sorted(maps.Keys(names))); d != "" || (err != nil) != tt.fails {
			t.Errorf("%s: ModuleNames() = %v, (-want +got):\n%s", name, err, d)
		}
	}
}

func TestOwnModules(t *testing.T) {
	var asked []string
	k := &Kernel{Modules: t.TempDir(), FetchModules: func(_ context.Context, names ...string) (map[string]string, error) {
		asked = names
		return map[string]string{"dummy": "/dummy.ko"}, nil
	}}
	if files, err := k.OwnModules(t.Context(), "dummy", "veth"); err != nil || files["dummy"] != "/dummy.ko" || !slices.Equal(asked, []string{"dummy", "veth"}) {
		t.Errorf("OwnModules(dummy, veth) = %v, %v, asked for %v; want what was fetched", files, err, asked)
	}
	k = testKernel(t, "6.12")
	if files, err := k.OwnModules(t.Context(), "cfg80211"); err != nil || files["cfg80211"] == "" {
		t.Errorf("OwnModules(cfg80211) = %v, %v; want its file", files, err)
	}
	if files, err := (&Kernel{}).OwnModules(t.Context(), "dummy"); err != nil || len(files) > 0 {
		t.Errorf("OwnModules() of a kernel without = %v, %v; want none", files, err)
	}
}
