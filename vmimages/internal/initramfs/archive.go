// SPDX-License-Identifier: GPL-2.0-only

package initramfs

import (
	"fmt"
	"io"
	"os"

	"github.com/u-root/u-root/pkg/cpio"
)

// appendOurs appends an archive with the agent, the executor and the virtio modules
// to out.
func (in *inputs) appendOurs(out io.Writer, agent, executor string) error {
	records := []cpio.Record{cpio.Directory("modules", 0o755)} // for those that a person wants to have at executor
	for _, p := range []struct{ name, path string }{
		{"bin/uinit", agent},       // u-root's init starts it
		{"bin/executor", executor}, // and it starts this one
	} {
		program, err := os.ReadFile(p.path)
		if err != nil {
			return err
		}
		records = append(records, cpio.StaticFile(p.name, string(program), 0o755))
	}
	if len(in.virtio) > 0 {
		// Not /lib/modules: u-root's init inserts what is there, in an order
		// of its own. The number keeps ours.
		records = append(records, cpio.Directory("virtio", 0o755))
		for i, m := range in.virtio {
			records = append(records, cpio.StaticFile(fmt.Sprintf("virtio/%02d-%s", i, m.name), string(m.data), 0o644))
		}
	}
	w := cpio.Newc.Writer(out)
	if err := cpio.WriteRecords(w, records); err != nil {
		return err
	}
	return cpio.WriteTrailer(w)
}
