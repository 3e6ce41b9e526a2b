// SPDX-License-Identifier: GPL-2.0-only

package harness

import (
	"bytes"
	"context"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"kmodlab/harness/internal/emulator/emulatortest"
	"kmodlab/harness/internal/gdb"
	"kmodlab/internal/cache"
)

// TestDebug has gdb, without a person, stop a lesson's module in its init
// function and go on, on a kernel that is in the cache; on all that are there
// when KMODLAB_TEST_KERNEL is "all".
func TestDebug(t *testing.T) {
	if testing.Short() {
		t.Skip("boots VMs; not with -short")
	}
	if _, err := gdb.Find(); err != nil {
		t.Skipf("needs gdb: %v", err)
	}
	root, err := filepath.Abs("..")
	if err != nil {
		t.Fatal(err)
	}
	t.Chdir(root)
	for _, series := range cachedSeries(t) {
		t.Run(series, func(t *testing.T) {
			var out bytes.Buffer
			if err := Checkout(".").Debug(context.Background(), &out, Flags{Kernel: series, Lesson: "order"}); err != nil {
				t.Fatalf("Debug(order, %s) = %v; want no error\n%s", series, err, out.String())
			}
			shown := out.String()
			frame := regexp.MustCompile(`(?m)^#0 +(0x[0-9a-f]+ in )?order_init \(\) at (.*):([0-9]+)$`).FindStringSubmatch(shown)
			if frame == nil {
				t.Fatalf("no backtrace begins in order_init with a line of its source\n%s", shown)
			}
			source, err := os.ReadFile(filepath.Join(root, "kmod/order/order.c"))
			if err != nil {
				t.Fatal(err)
			}
			if frame[2] != filepath.Join(root, "kmod/order/order.c") {
				t.Errorf("the source is %s; want the one that is edited", frame[2])
			}
			if before := strings.Join(strings.Split(string(source), "\n")[:atoi(t, frame[3])], "\n"); !strings.Contains(before, "order_init(void)") {
				t.Errorf("it stands in line %s; want a line of order_init", frame[3])
			}
			if !regexp.MustCompile(`(?m)^#1 .* do_one_initcall`).MatchString(shown) {
				t.Errorf("the caller is not do_one_initcall: the kernel's symbols are missing\n%s", shown)
			}
			if !strings.Contains(shown, "1 passed, 0 failed") {
				t.Errorf("the case did not go on to pass\n%s", shown)
			}
		})
	}
	if left, _ := filepath.Glob(filepath.Join(cacheRoot(t), "tmp", "debug-*")); len(left) > 0 {
		t.Errorf("%v is left; want nothing", left)
	}
}

func atoi(t *testing.T, digits string) int {
	t.Helper()
	n, err := strconv.Atoi(digits)
	if err != nil {
		t.Fatal(err)
	}
	return n
}

// cachedSeries returns series of which a kernel of the default flavour can be had
// without a network: one, or all that there are; or it skips the test.
func cachedSeries(t *testing.T) []string {
	t.Helper()
	emulatortest.QEMU(t)
	_, l, err := Checkout(".").open(t.Context(), io.Discard, Flags{})
	if err != nil {
		t.Skipf("needs the cache: %v", err)
	}
	rows, err := l.provider.List(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	var series []string
	for _, row := range rows {
		if row.Cached && row.Name == row.Choice.Series && row.Choice.Arch == "amd64" {
			series = append(series, row.Name)
		}
	}
	switch {
	case len(series) == 0:
		t.Skip("needs a kernel in the cache; go tool mage run fetches one")
	case os.Getenv("KMODLAB_TEST_KERNEL") == "all":
		return series
	case slices.Contains(series, defaultKernel):
		return []string{defaultKernel}
	}
	return series[:1]
}

func cacheRoot(t *testing.T) string {
	t.Helper()
	c, err := cache.Open()
	if err != nil {
		t.Fatal(err)
	}
	return c.Root()
}
