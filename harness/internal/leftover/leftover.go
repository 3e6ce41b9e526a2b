// SPDX-License-Identifier: GPL-2.0-only

// Package leftover knows what modules leave behind in a kernel that has removed
// them: entries of /proc, /sys and /dev, devices, threads, caches. Each is told
// by its name; memory that nobody frees has none, and is what package cycle
// counts.
package leftover

import (
	"path"
	"slices"
	"strings"
)

// Watched returns the patterns of the files and, with a "/" at their end, the
// folders that a picture of a kernel is taken of. Only files of the kernel's own
// are read: to read one that was left behind is to run code that is gone.
//
// Devices are looked for by class and bus, below which all are
// (drivers/base/core.c, device_add); /sys/devices would show them again. Of
// /sys/kernel/debug only the top is looked at, for to look into its folder
// tracing is to mount it. /sys/kernel/slab is of no use: a cache that was merged
// with another leaves its name there when it is destroyed as it should be
// (sysfs_slab_alias in mm/slub.c: "leftover link"). /proc/misc is a list that leads
// into the memory of modules (drivers/char/misc.c); /sys/class/misc has the names.
func Watched() []string {
	return []string{
		"/proc/", "/proc/sys/", "/proc/sys/*/", "/proc/sys/*/*/", "/proc/bus/", "/proc/driver/", "/proc/fs/", "/proc/irq/*/", "/proc/net/", "/proc/tty/driver/",
		"/sys/", "/sys/block/", "/sys/bus/", "/sys/bus/*/devices/", "/sys/bus/*/drivers/", "/sys/class/", "/sys/class/*/", "/sys/devices/", "/sys/firmware/", "/sys/fs/",
		"/sys/kernel/", "/sys/kernel/debug/", "/sys/module/", "/dev/", "/dev/*/",
		devices, filesystems, ioports, iomem, slabinfo, "/proc/[0-9]*/" + stat,
	}
}

// Files that are read, not only named.
const (
	devices     = "/proc/devices"
	filesystems = "/proc/filesystems"
	ioports     = "/proc/ioports"
	iomem       = "/proc/iomem"
	slabinfo    = "/proc/slabinfo"
	stat        = "stat" // of a task
)

// Names returns the names of what is there, sorted, by what the files and folders
// of [Watched] hold; a folder holds names, each ended by a zero byte. What comes
// and goes by itself is left out.
func Names(files map[string]string) ([]string, error) {
	var names []string
	for place, text := range files {
		switch {
		case place == devices:
			names = append(names, numbers(text)...)
		case place == filesystems:
			names = append(names, each("file system ", text, lastWord)...)
		case place == ioports:
			names = append(names, each("I/O ports ", text, strings.TrimSpace)...)
		case place == iomem:
			names = append(names, each("I/O memory ", text, strings.TrimSpace)...)
		case place == slabinfo:
			caches, err := Slabs(text)
			if err != nil {
				return nil, err
			}
			for name := range caches {
				names = append(names, "slab cache "+name)
			}
		case path.Base(place) == stat:
			names = append(names, thread(text)...)
		default:
			for name, rest, ok := strings.Cut(text, "\x00"); ok; name, rest, ok = strings.Cut(rest, "\x00") {
				names = append(names, path.Join(place, name))
			}
		}
	}
	names = slices.DeleteFunc(names, passing)
	slices.Sort(names)
	return names, nil
}

// Since returns which of the names are there that were not before, or not as
// often: of two threads of one name one may be left. What is in a folder that is
// new goes without saying.
func Since(before, now []string) []string {
	had := map[string]int{}
	for _, name := range before {
		had[name]++
	}
	var left []string
	for _, name := range now {
		if had[name]--; had[name] < 0 {
			left = append(left, name)
		}
	}
	return slices.DeleteFunc(slices.Clone(left), func(name string) bool {
		return strings.HasPrefix(name, "/") && slices.Contains(left, path.Dir(name))
	})
}

// each makes a name of each line.
func each(kind, text string, of func(line string) string) []string {
	var names []string
	for line := range strings.Lines(text) {
		if name := of(line); name != "" {
			names = append(names, kind+name)
		}
	}
	return names
}

// lastWord returns the last word of a line: a line of /proc/filesystems may begin
// with "nodev" (fs/filesystems.c).
func lastWord(line string) string {
	words := strings.Fields(line)
	if len(words) == 0 {
		return ""
	}
	return words[len(words)-1]
}

// numbers returns the device numbers in /proc/devices, which has a headline for
// each kind and lines such as "240 zoo" (fs/char_dev.c, block/genhd.c).
func numbers(text string) []string {
	var names []string
	kind := ""
	for line := range strings.Lines(text) {
		line = strings.TrimSpace(line)
		switch {
		case strings.HasSuffix(line, " devices:"):
			kind = strings.ToLower(strings.TrimSuffix(line, "s:"))
		case line != "":
			names = append(names, kind+" number "+line)
		}
	}
	return names
}
