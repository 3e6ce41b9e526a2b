// SPDX-License-Identifier: GPL-2.0-only

package leftover

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestNames(t *testing.T) {
	for name, tt := range map[string]struct {
		files map[string]string
		want  []string
		err   string
	}{
		"a folder":       {files: map[string]string{"/proc": "zoo\x00self\x00", "/sys/bus/pci/drivers": "zoo\x00"}, want: []string{"/proc/self", "/proc/zoo", "/sys/bus/pci/drivers/zoo"}},
		"an empty one":   {files: map[string]string{"/sys/firmware": ""}},
		"tasks":          {files: map[string]string{"/proc": "1\x0012\x00zoo\x00"}, want: []string{"/proc/zoo"}},
		"device numbers": {files: map[string]string{devices: "Character devices:\n  1 mem\n240 zoo\n\nBlock devices:\n254 zoo disk\n"}, want: []string{"block device number 254 zoo disk", "character device number 1 mem", "character device number 240 zoo"}},
		"file systems":   {files: map[string]string{filesystems: "nodev\tsysfs\n\text4\n"}, want: []string{"file system ext4", "file system sysfs"}},
		"resources":      {files: map[string]string{ioports: "0000-0cf7 : PCI Bus 0000:00\n  0300-0307 : zoo\n", iomem: "00000000-00000fff : Reserved\n"}, want: []string{"I/O memory 00000000-00000fff : Reserved", "I/O ports 0000-0cf7 : PCI Bus 0000:00", "I/O ports 0300-0307 : zoo"}},
		"caches":         {files: map[string]string{slabinfo: slabs}, want: []string{"slab cache kmalloc-128", "slab cache proc_inode_cache"}},
		"no caches":      {files: map[string]string{slabinfo: "slabinfo - version: 2.1\n"}, err: "names no cache"},
		"threads": {files: map[string]string{
			"/proc/2/stat":  "2 (kthreadd) S 0 0 0 0 -1 2129984 0 0",
			"/proc/7/stat":  "7 (a) (b c) D 2 0 0 0 -1 2129984 0 0",
			"/proc/8/stat":  "8 (init) S 0 0 0 0 -1 4194560 0 0",
			"/proc/9/stat":  "9 (kworker/0:1-events) I 2 0 0 0 -1 69238880 0 0",
			"/proc/10/stat": "10 (kworker/u4:0) I 2 0 0 0 -1 69238880 0 0",
			"/proc/11/stat": "11 (kworker/R-zoo) I 2 0 0 0 -1 69238880 0 0",
			"/proc/12/stat": "12 (cut",
			"/proc/13/stat": "13 (short) S 0",
		}, want: []string{"kernel thread a) (b c", "kernel thread kthreadd", "kernel thread kworker/R-zoo"}},
	} {
		t.Run(name, func(t *testing.T) {
			got, err := Names(tt.files)
			if (err != nil) != (tt.err != "") || err != nil && !strings.Contains(err.Error(), tt.err) {
				t.Fatalf("Names() = %v, %v; want an error with %q", got, err, tt.err)
			}
			if d := cmp.Diff(tt.want, got); d != "" {
				t.Errorf("names (-want +got):\n%s", d)
			}
		})
	}
}

func TestSince(t *testing.T) {
	for name, tt := range map[string]struct{ before, now, want []string }{
		"nothing":         {before: []string{"/proc/a"}, now: []string{"/proc/a"}},
		"less":            {before: []string{"/proc/a", "/proc/b"}, now: []string{"/proc/a"}},
		"an entry":        {before: []string{"/proc/a"}, now: []string{"/proc/a", "/proc/zoo"}, want: []string{"/proc/zoo"}},
		"two of one name": {before: []string{"kernel thread zoo"}, now: []string{"kernel thread zoo", "kernel thread zoo"}, want: []string{"kernel thread zoo"}},
		"a folder":        {now: []string{"/sys/class/zoo", "/sys/class/zoo/zoo0", "/sys/class/zoology"}, want: []string{"/sys/class/zoo", "/sys/class/zoology"}},
		"in a folder":     {before: []string{"/proc/driver"}, now: []string{"/proc/driver", "/proc/driver/zoo"}, want: []string{"/proc/driver/zoo"}},
	} {
		t.Run(name, func(t *testing.T) {
			if d := cmp.Diff(tt.want, Since(tt.before, tt.now)); d != "" {
				t.Errorf("Since() (-want +got):\n%s", d)
			}
		})
	}
}

func FuzzThread(f *testing.F) {
	f.Add("2 (kthreadd) S 0 0 0 0 -1 2129984 0 0")
	f.Add(")(")
	f.Fuzz(func(t *testing.T, text string) {
		for _, name := range thread(text) {
			if !strings.Contains(text, "("+strings.TrimPrefix(name, "kernel thread ")+")") {
				t.Errorf("thread(%q) = %q; want the name in parentheses", text, name)
			}
		}
	})
}
