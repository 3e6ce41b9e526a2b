// SPDX-License-Identifier: GPL-2.0-only

package matrix

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"kmodlab/harness/internal/lesson"
	"kmodlab/harness/internal/verdict"
	"kmodlab/internal/kernel"
	"kmodlab/vmimages/vmimagestest"
)

// misuses are the ways of testdata/misuse, with what is heard of each.
var misuses = map[string]string{
	"sysctl":       "duplicate sysctl",
	"sysctl-table": "invalid sysctl",
	"kobject-init": "kobject: tried to init an initialized object",
	"kobject-add":  "kobject: tried to add an uninitialized object",
	"resource":     "a resource was freed that is none",
	"iounmap":      "iounmap of a bad address",
	"vmalloc":      "vmalloc failure",
	"driver":       "a driver was registered twice",
	"timeout":      "a negative timeout",
	"gfp":          "an allocation with flags that cannot be",
	"cache":        "misuse_cache",
	"dma-pool":     "dma_pool_destroy of a DMA pool",
	"packet":       "dev_remove_pack() of what is not there",
	"softirq":      "a softirq changed the preemption count (TASKLET)",
	"irq-nonsense": "an interrupt handler returned nonsense",
	"irq-wake":     "an interrupt handler returned IRQ_WAKE_THREAD without a thread",
	"irq-thread":   "a threaded interrupt without a handler and without ONESHOT",
}

// Each misuse of an interface is heard on every kernel, and named.
func TestMisuses(t *testing.T) {
	vmimagestest.Long(t)
	kmod, err := filepath.Abs("../../testdata/misuse")
	if err != nil {
		t.Fatal(err)
	}
	for _, series := range tested(t) {
		t.Run(series, func(t *testing.T) {
			r, source := newRunner(t, kmod, series)
			lessons, err := lesson.Find(kmod)
			if err != nil {
				t.Fatal(err)
			}
			records, err := r.Run(context.Background(), Plan([]kernel.Source{source}, lessons, nil))
			if err != nil {
				t.Fatal(err)
			}
			if len(records) != len(misuses) {
				t.Errorf("%d cases ran; want %d", len(records), len(misuses))
			}
			for _, got := range records {
				t.Run(got.Case, func(t *testing.T) {
					if got.Verdict == verdict.Splat && strings.Contains(got.Reason, misuses[got.Case]) {
						return
					}
					log, _ := os.ReadFile(filepath.Join(r.Out, got.Log))
					t.Errorf("verdict %s, reason %q; want a splat, %q\n%s", got.Verdict, got.Reason, misuses[got.Case], tail(string(log), 40))
				})
			}
		})
	}
}
