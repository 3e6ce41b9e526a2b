// SPDX-License-Identifier: GPL-2.0-only

package compile

import (
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"
)

func TestStrangers(t *testing.T) {
	names, err := known(fstest.MapFS{
		"Kconfig":           {Data: []byte("mainmenu \"Linux\"\nsource \"lib/Kconfig.debug\"\n")},
		"lib/Kconfig.debug": {Data: []byte("menuconfig DEBUG\n\tbool \"x\"\n\thelp\n\t  config me to see\nconfig KASAN\n\tbool\n")},
		"lib/kasan.c":       {Data: []byte("config NOT_HERE\n")},
	})
	if err != nil {
		t.Fatal(err)
	}
	got := strangers([]Option{{Name: "KASAN"}, {Name: "KASSAN"}, {Name: "DEBUG"}, {Name: "me"}, {Name: "NOT_HERE", Value: "n"}}, names)
	if d := cmp.Diff([]string{"CONFIG_KASSAN", "CONFIG_me", "CONFIG_NOT_HERE"}, got); d != "" {
		t.Errorf("strangers() (-want +got):\n%s", d)
	}
}
