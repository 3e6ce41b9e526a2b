// SPDX-License-Identifier: GPL-2.0-only

package vm_test

import (
	"os"
	"strings"
	"sync"
	"testing"

	"kmodlab/harness/internal/vm"
	"kmodlab/internal/step"
)

// TestUselessTemplate puts frozen VMs into the cache that are whole, as their
// sums say, and that QEMU does not go on with: one of a machine with another
// processor, as a cache that hosts share might have it, and rubbish. Each is made
// again, once, though several cases run into it at a time.
func TestUselessTemplate(t *testing.T) {
	l := newLab(t, "")
	c := l.alone(t) // nobody else may use what is useless
	other := l.machine
	other.CPUs = 2 // which lessons use, too: it need not be booted for this
	if _, err := vm.Freeze(logged(t), l.cache, other); err != nil {
		t.Fatal(err)
	}
	dir := vm.TemplateDir(c, l.machine)
	for name, replace := range map[string]func() error{
		"of another processor": func() error {
			if err := os.RemoveAll(dir); err != nil {
				return err
			}
			copyTemplate(t, vm.TemplateDir(l.cache, other), dir)
			return nil
		},
		"rubbish": func() error { return vm.Forge(dir, []byte(strings.Repeat("rubbish", 1000))) },
	} {
		t.Run(name, func(t *testing.T) {
			if err := replace(); err != nil {
				t.Fatal(err)
			}
			var mu sync.Mutex
			var notes []string
			boots := 0
			ctx := step.With(t.Context(), func(e step.Event) {
				mu.Lock()
				defer mu.Unlock()
				switch {
				case e.Kind == step.Noted:
					notes = append(notes, e.Text)
				case e.Kind == step.Ended && strings.HasPrefix(e.Name, "boot and freeze"):
					boots++
				}
			})
			template, err := vm.Freeze(ctx, c, l.machine)
			if err != nil || len(notes) > 0 {
				t.Fatalf("Freeze() = %v, notes %q; want a template that looks sound", err, notes)
			}
			var wg sync.WaitGroup
			for range 3 {
				wg.Go(func() {
					v, err := template.Clone(ctx)
					if err != nil {
						t.Errorf("Clone() = %v; want a VM", err)
						return
					}
					defer v.Close()
					if ans, err := v.Insert(ctx, l.module); err != nil || ans.Errno != 0 {
						t.Errorf("insert in a clone: %v, %v; want no error", ans.Errno, err)
					}
				})
			}
			wg.Wait()
			if len(notes) != 1 || !strings.Contains(notes[0], "does not go on with the frozen VM") || boots != 1 {
				t.Errorf("%d boots, notes %q; want one of each", boots, notes)
			}
			t.Log(notes)
		})
	}
}
