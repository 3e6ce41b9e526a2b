// SPDX-License-Identifier: GPL-2.0-only

package kbuild

import (
	"cmp"
	"os"
	"path/filepath"
	"regexp"
	"strings"
)

// What modpost says (scripts/mod/modpost.c, file2alias.c and sumversion.c of
// 5.10.262, 6.1.192, 6.12.118 and 7.3.4). An error begins with "ERROR: modpost: ";
// one that ended it at once, up to 6.1, with "FATAL: modpost: ". A missing symbol
// is a warning where make was told so (KBUILD_MODPOST_WARN).
var (
	modpostMessage = regexp.MustCompile(`(?m)^(?:(?:ERROR|FATAL): modpost: (.*)|(?:ERROR|WARNING): (?:modpost: )?(.* undefined!))$`)

	// modpostPlace finds the module that a message is about: in brackets, in the
	// words around it, or, as all of them have it in 7.3, in front.
	modpostPlace = regexp.MustCompile(`^(?:` +
		`[^:]*\[(\S+)\].*` +
		`|missing MODULE_LICENSE\(\) in (\S+)` +
		`|(?:GPL-incompatible )?module (\S+) uses .*` +
		`|([^\s:'"(+]+\.k?o|[^\s:'"(+]*/[^\s:'"(+]+)(?:: | ?\().*` +
		`)$`)

	// modpostVerdict is a message about what is in the objects: the same sources
	// will meet it again.
	modpostVerdict = regexp.MustCompile(` undefined!$|is COMMON symbol|exported twice|was exported without definition|is a static |has no CRC!|version generation failed` +
		`|uses (?:future )?GPL-only symbol|(?:uses symbol|explicitly importing namespace) |missing MODULE_LICENSE\(\)|unknown license '` +
		`|local symbol '|\.export_symbol section |EXPORT_SYMBOL used for |[sS]ection mismatch|references non-executable section|unexpected non-allocatable section` +
		`|module name is too long|too long symbol|struct \w+_device_id|is not terminated with a NULL entry|type mismatch between`)

	// commandMessage is of the file that Kbuild leaves beside an object it made.
	// modpost reads it of each that a module consists of (read_text_file), and an
	// object that was shipped has none.
	commandMessage = regexp.MustCompile(`(?m)^(\S*\.[^\s/]+\.o\.cmd): (No such file or directory)$`)
)

// modpostMessages finds in the output of a build of src what modpost objects to.
func modpostMessages(output, src string) []Message {
	var found []Message
	for _, m := range modpostMessage.FindAllStringSubmatch(output, -1) {
		found = append(found, modpostSays(cmp.Or(m[1], m[2]), src))
	}
	for _, m := range commandMessage.FindAllStringSubmatch(output, -1) {
		found = append(found, Message{File: sourcePath(m[1], src), Text: m[2] + ": modpost reads it of every object, and this object was shipped without; let the Makefile make an empty one"})
	}
	return found
}

// modpostSays returns a message of modpost with the path of the module that it is
// about, or the folder src. What a source lacks is said of the source.
func modpostSays(text, src string) Message {
	m := modpostPlace.FindStringSubmatch(text)
	if m == nil {
		return Message{File: src, Text: text}
	}
	place := sourcePath(cmp.Or(m[1], m[2], m[3], m[4]), src)
	if ext := filepath.Ext(place); ext == ".o" || ext == ".ko" {
		place = strings.TrimSuffix(place, ext)
	}
	const lacks = "missing MODULE_LICENSE()"
	if strings.Contains(text, lacks) {
		text = lacks
		if _, err := os.Stat(place + ".c"); err == nil {
			return Message{File: place + ".c", Text: text}
		}
	}
	return Message{File: place + ".ko", Text: text}
}
