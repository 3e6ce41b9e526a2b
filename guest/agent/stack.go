// SPDX-License-Identifier: GPL-2.0-only

package main

import (
	"fmt"
	"os"
	"path/filepath"

	"golang.org/x/sys/unix"

	"kmodlab/internal/wire"
)

// stack returns the kernel stacks of the tasks that do an order: those of the
// command that it started and of whom that one started, or the executor's.
func (a *agent) stack(order string) *wire.Answer {
	pids := []int{int(a.executor.pid.Load())}
	if pid, ok := a.commands.Load(order); ok {
		pids = family(pid.(int))
	}
	var blob []byte
	for _, pid := range pids {
		tasks, err := filepath.Glob(fmt.Sprintf("/proc/%d/task/*/stack", pid))
		if err != nil {
			return &wire.Answer{Errno: errnoOf(err)}
		}
		for _, path := range tasks {
			text, err := os.ReadFile(path)
			if err != nil {
				continue // it has ended
			}
			blob = append(blob, text...)
		}
	}
	if len(blob) == 0 {
		return &wire.Answer{Errno: int(unix.ESRCH)}
	}
	return &wire.Answer{Blob: blob}
}

// family returns the process pid and those that descend from it.
func family(pid int) []int {
	children := map[int][]int{}
	paths, err := filepath.Glob("/proc/[0-9]*/stat")
	if err != nil {
		return []int{pid}
	}
	for _, path := range paths {
		text, err := os.ReadFile(path)
		if err != nil {
			continue // it has ended
		}
		child, parent := parseStat(text)
		children[parent] = append(children[parent], child)
	}
	all := []int{pid}
	for i := 0; i < len(all); i++ {
		all = append(all, children[all[i]]...)
	}
	return all
}
