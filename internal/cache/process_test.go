// SPDX-License-Identifier: GPL-2.0-only

package cache

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"
)

// role names, in the environment, what this test program does when a test
// runs it again as another process.
const role = "KMODLAB_CACHE_TEST_ROLE"

func TestMain(m *testing.M) {
	roles := map[string]func(c *Cache) error{"build": buildSlowly, "hang": hang, "hold": holdOften, "temp": hangInTemp}
	act, ok := roles[os.Getenv(role)]
	if !ok {
		os.Exit(m.Run())
	}
	c, err := Open()
	if err == nil {
		err = act(c)
	}
	if err != nil {
		fmt.Println(err)
		os.Exit(1)
	}
}

// other is this test program as another process.
func other(t *testing.T, c *Cache, as string) *exec.Cmd {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(t.Context(), self)
	cmd.Env = append(os.Environ(), role+"="+as, Env+"="+c.Root())
	return cmd
}

// buildSlowly makes an entry and leaves a line for each build.
func buildSlowly(c *Cache) error {
	path, err := c.Dir(context.Background(), Named("kind", "key"), func(ctx context.Context, tmp string) error {
		log, err := os.OpenFile(filepath.Join(c.Root(), "builds"), os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o644)
		if err != nil {
			return err
		}
		fmt.Fprintln(log, "build")
		time.Sleep(100 * time.Millisecond)
		return errors.Join(fill("whole")(ctx, tmp), log.Close())
	})
	if err == nil && content(path) != "whole" {
		err = fmt.Errorf("content is %q", content(path))
	}
	return err
}

func hang(c *Cache) error {
	_, err := c.Dir(context.Background(), Named("kind", "key"), func(ctx context.Context, tmp string) error {
		if err := fill("half")(ctx, tmp); err != nil {
			return err
		}
		fmt.Println("ready")
		time.Sleep(time.Hour)
		return nil
	})
	return err
}

func hangInTemp(c *Cache) error {
	dir, _, err := c.Temp(context.Background(), "work")
	if err != nil {
		return err
	}
	if err := fill("half")(context.Background(), dir); err != nil {
		return err
	}
	fmt.Println("ready")
	time.Sleep(time.Hour)
	return nil
}

// holdOften takes one lock again and again, and proves each time, with a file
// that only one can make, that nobody else has it.
func holdOften(c *Cache) error {
	proof := filepath.Join(c.Root(), "proof")
	for range 200 {
		unlock, ok, err := c.tryLock("lock")
		if err != nil {
			return err
		}
		if !ok {
			continue
		}
		f, err := os.OpenFile(proof, os.O_CREATE|os.O_EXCL, 0o644)
		if err != nil {
			return fmt.Errorf("two hold the lock: %w", err)
		}
		if err := errors.Join(f.Close(), os.Remove(proof)); err != nil {
			return err
		}
		unlock()
	}
	return nil
}

// together runs the role in n processes at once.
func together(t *testing.T, c *Cache, as string, n int) {
	t.Helper()
	var wg sync.WaitGroup
	for range n {
		cmd := other(t, c, as)
		wg.Go(func() {
			if output, err := cmd.CombinedOutput(); err != nil {
				t.Errorf("one of %d processes: %v: %s", n, err, output)
			}
		})
	}
	wg.Wait()
}

func TestProcessesBuildOnce(t *testing.T) {
	c := at(t, t.TempDir())
	together(t, c, "build", 6)
	builds, err := os.ReadFile(filepath.Join(c.Root(), "builds"))
	if n := strings.Count(string(builds), "build"); err != nil || n != 1 {
		t.Errorf("%d builds, %v; want 1", n, err)
	}
}

func TestGoroutinesBuildOnce(t *testing.T) {
	c := at(t, t.TempDir())
	var wg sync.WaitGroup
	for range 6 {
		wg.Go(func() {
			if err := buildSlowly(c); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	if builds, err := os.ReadFile(filepath.Join(c.Root(), "builds")); err != nil || string(builds) != "build\n" {
		t.Errorf("builds: %q, %v; want one", builds, err)
	}
}

// TestOneHoldsTheLock races locking against the removal of the lock's file.
func TestOneHoldsTheLock(t *testing.T) {
	c := at(t, t.TempDir())
	together(t, c, "hold", 6)
	if names := left(t, c, "locks"); len(names) > 0 {
		t.Errorf("left behind: %v; want nothing", names)
	}
}

// kill starts the role, waits until it is at work, and kills it.
func kill(t *testing.T, c *Cache, as string) {
	t.Helper()
	cmd := other(t, c, as)
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	line, err := bufio.NewReader(out).ReadString('\n')
	if err != nil || line != "ready\n" {
		t.Fatalf("the other process says %q, %v; want ready", line, err)
	}
	at(t, c.Root()) // opening sweeps, but not what is being worked on
	if names := left(t, c, "tmp"); len(names) != 1 {
		t.Errorf("tmp of a living process: %v; want one folder", names)
	}
	if err := cmd.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	cmd.Wait()
}

func TestKilledBuilder(t *testing.T) {
	for _, as := range []string{"hang", "temp"} {
		t.Run(as, func(t *testing.T) {
			c := at(t, t.TempDir())
			kill(t, c, as)
			if names := left(t, c, "tmp"); len(names) != 1 {
				t.Fatalf("tmp after the kill: %v; want one folder", names)
			}
			c = at(t, c.Root())
			if names := append(left(t, c, "tmp"), left(t, c, "locks")...); len(names) > 0 {
				t.Errorf("left behind: %v; want nothing", names)
			}
			if path, err := c.Dir(t.Context(), Named("kind", "key"), fill("whole")); err != nil || content(path) != "whole" {
				t.Errorf("Dir() = %q, %v; want a new build", content(path), err)
			}
		})
	}
}

// TestDirAfterAKill takes the entry without opening the cache anew: the lock
// is free, and the half-built folder must not get into the entry.
func TestDirAfterAKill(t *testing.T) {
	c := at(t, t.TempDir())
	kill(t, c, "hang")
	path, err := c.Dir(t.Context(), Named("kind", "key"), func(_ context.Context, tmp string) error {
		if names, err := os.ReadDir(tmp); err != nil || len(names) > 0 {
			t.Errorf("the new folder holds %v, %v; want nothing", names, err)
		}
		return nil
	})
	if err != nil {
		t.Errorf("Dir() = %s, %v; want nil", path, err)
	}
}

func TestLockWaits(t *testing.T) {
	c := at(t, t.TempDir())
	unlock, err := c.Lock(t.Context(), "lock")
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeoutCause(t.Context(), 2*poll, errors.New("enough"))
	defer cancel()
	if _, err := c.Lock(ctx, "lock"); err == nil || !strings.Contains(err.Error(), "enough") {
		t.Errorf("Lock() of what another holds = %v; want the context's cause", err)
	}
	unlock()
	again, err := c.Lock(t.Context(), "lock")
	if err != nil {
		t.Fatal(err)
	}
	unlock() // once more must not take the other's lock away
	if _, ok, err := c.tryLock("lock"); ok || err != nil {
		t.Errorf("tryLock() = %v, %v while another holds it; want false", ok, err)
	}
	again()
}

func TestTemp(t *testing.T) {
	c := at(t, t.TempDir())
	one, removeOne, err := c.Temp(t.Context(), "work")
	if err != nil {
		t.Fatal(err)
	}
	two, removeTwo, err := c.Temp(t.Context(), "work")
	if err != nil || one == two {
		t.Errorf("Temp() = %s twice, %v; want two folders", two, err)
	}
	removeOne()
	removeTwo()
	if names := append(left(t, c, "tmp"), left(t, c, "locks")...); len(names) > 0 {
		t.Errorf("left behind: %v; want nothing", names)
	}
}
