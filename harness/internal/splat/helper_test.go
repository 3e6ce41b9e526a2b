// SPDX-License-Identifier: GPL-2.0-only

package splat

import "testing"

// TestHelpers holds who is never at fault, and who looks like it and is.
func TestHelpers(t *testing.T) {
	for function, want := range map[string]bool{
		"sched_show_task": true, "arch_trigger_cpumask_backtrace": true, "kthread": true, "debug_print_object": true, "lockdep_rcu_suspicious": true,
		"mark_lock": true, "lock_release": true, "_raw_spin_lock_irqsave": true, "__asan_report_load8_noabort": true, "__sanitizer_cov_trace_pc": true,
		"__x86_indirect_thunk_rax": true, "__do_kernel_fault": true, "kasan_report": true, "__kmalloc_node_track_caller": true, "kmem_cache_alloc": true,
		"refcount_warn_saturate": true, "memcpy_erms": true, "strlen": true, "__mutex_lock": true, "schedule_timeout": true, "vsnprintf": true,
		"get_page_from_freelist": true, "asm_sysvec_apic_timer_interrupt": true, "atomic_inc": true, "test_bit": true, "_copy_from_user": true,

		"atomic_notifier_chain_register": false, "schedule_work": false, "copy_page_range": false, "kmem_cache_destroy": false, "free_irq": false,
		"alloc_workqueue": false, "check_stack": false, "string_helper_of_mine": false, "lock_sock_nested": false, "mutex": true, "kthread_stop": false,
		"worker": false, "free_netdev": false, "device_add": false, "sysfs_create_file_ns": false, "do_init_module": false, "memory_failure": false,
	} {
		if got := isHelper(function); got != want {
			t.Errorf("isHelper(%q) = %t; want %t", function, got, want)
		}
	}
}
