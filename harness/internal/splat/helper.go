// SPDX-License-Identifier: GPL-2.0-only

package splat

import (
	"regexp"
	"strings"
)

// helpers are functions that stand on a trace because they report, check, wait,
// copy or lead there, not because it happened in them. Underscores before a name
// do not count. By the files that they are in:
var helpers = regexp.MustCompile(`^(?:` + strings.Join([]string{
	// What prints: kernel/panic.c, lib/bug.c, lib/dump_stack.c, arch/*/kernel/{traps,dumpstack,stacktrace}.c.
	`warn_slowpath_\w+|warn|report_bad_irq|warn_printk|report_bug\w*|dump_stack\w*|dump_backtrace|dump_header|unwind_backtrace|show_stack\w*|show_regs\w*|v?panic|nmi_panic|check_panic_on_warn|die\w*|oops\w*|stack_chk_fail|fortify_panic|fortify_report|usercopy_abort|print_\w+|check_panic\w*|assfail|asswarn|(?:btrfs_)?assertfail`,
	// The way into it: entry code, traps and faults of each architecture, and what is below every task.
	`\w*_?nmi_\w+|end_repeat_nmi|asm_\w+|exc_\w+|x86_asm_\w+|ret_from_\w+|native_\w+|do_error_trap|do_trap\w*|do_int3|do_general_protection|do_page_fault|do_kernel_fault|die_kernel_fault|do_translation_fault|do_mem_abort|do_bad_area|do_sea|do_user_addr_fault|do_kern_addr_fault|do_undefinstr|do_(?:invalid_op|divide_error|overflow|bounds|alignment_check|stack_segment|segment_not_present|invalid_TSS|coprocessor_\w+|double_fault|spurious_interrupt_bug)|handle_(?:bug|invalid_op)|divide_error|general_protection|stack_segment|double_fault|do_debug_exception|do_DataAbort|do_PrefetchAbort`,
	`bad_area\w*|no_context|page_fault\w*|kernelmode_fixup_or_oops|fixup_\w+|bug_handler|brk_handler|call_break_hook|error_entry|invalid_op|handle_\w*exception|el[01]t?h?_\w+|dabt_\w+|pabt_\w+|und_\w+`,
	`kthread|worker_thread|process_one_work|process_scheduled_works|entry_\w+|do_syscall_\w+|x64_sys_call|invoke_syscall\w*|do_el0_svc|syscall_\w+|secondary_startup\w*|start_secondary|start_kernel`,
	// Time and interrupts, and a CPU that has nothing to do.
	`\w*apic_timer_interrupt|smp_apic_\w+|sysvec_\w+|hrtimer_interrupt|hrtimer_run_queues|tick_\w+|update_process_times|watchdog_\w+|lockup_detector_\w+|default_idle\w*|arch_cpu_idle|cpuidle_\w+|acpi_idle_\w+|acpi_safe_halt|do_idle|cpu_startup_entry|call_cpuidle|intel_idle\w*|rest_init`,
	// Scheduler: kernel/sched.
	`schedule(?:_bug|_timeout\w*|_preempt_disabled|_idle|_hrtimeout\w*|_debug|_tail|_rtlock)?|sched_show_task|show_state_filter|io_schedule\w*|preempt_schedule\w*|cond_resched\w*|might_(?:sleep|resched|fault)\w*|msleep\w*|usleep\w*|ssleep|delay\w*|udelay|ndelay|do_task_dead|context_switch|finish_task_switch|check_preemption_disabled|debug_smp_processor_id|this_cpu_preempt_check|need_resched`,
	`arch_trigger_\w+|trigger_\w+backtrace\w*|dump_cpu_task|dump_running_task|rcu_\w+|kick_all_cpus\w*`,
	// Locks: kernel/locking.
	`rwsem_\w+|down_\w+|down|up_(?:read|write)|percpu_(?:down|up|rwsem)\w*|mutex_\w+|ww_mutex_\w+|rt_mutex_\w+|rt_spin_\w+|rtlock_\w+|wait_for_com\w+|do_wait_for_common|wait_on_bit\w*|out_of_line_wait_\w+|bit_wait\w*|wait_woken|mutex`,
	`lock_(?:acquire|acquired|release|is_held|set_class|pin|unpin|contended|downgrade|class)\w*|validate_chain|register_lock_class|assign_lock_key|look_up_lock_class|mark_lock\w*|mark_usage|mark_held_locks|mark_irqflags|lockdep_\w+|debug_check_no_\w+|debug_lock\w*|trace_hardirqs_\w+|add_lock_to_list|find_usage\w*|reacquire_held_locks|lock_unlock\w*`,
	`raw_(?:spin|read|write)_\w+|do_raw_\w+|spin_(?:lock|unlock|bug|dump|trylock)\w*|read_(?:lock|unlock)\w*|write_(?:lock|unlock)\w*|rwlock_bug|queued_\w+|pv_\w+|paravirt_\w+|local_bh_\w+|check_(?:prevs?_add|noncircular|deadlock\w*|usage\w*|irq_usage|flags|wait_context|preempt\w*|redundant)\w*`,
	// Checks: lib/refcount.c, list_debug.c, debugobjects.c, ubsan.c, mm/kasan, kmsan, kfence, kernel/kcsan, kcov.c, mm/usercopy.c.
	`refcount_\w+|list_(?:add|del)_\w+|list_(?:add|del)|sysfs_(?:warn_dup|create_dir_ns)|debug_print_object|debug_object\w*|debug_check\w*|debug_(?:assert_init|activate|deactivate|init|free)|debug_(?:timer|hrtimer|work|rcu_head)_\w+|debug_dma_\w+|check_(?:un)?map\w*|check_sync|skb_(?:panic|over_panic|under_panic|put|push)|ubsan_\w+|handle_overflow|val_to_string|kasan_\w+|asan_\w+|hwasan_\w+|kfence_\w+|kmsan_\w+|msan_\w+|kcsan_\w+|tsan_\w+|sanitizer_cov_\w+|check_(?:memory_region\w*|heap_object|object_size|stack_object|copy_size|kmalloc\w*|bogus_address|poison_obj|bytes\w*|object|slab|region_inline|shadow\w*)|instrument_\w+|usercopy_\w+|x86_indirect_\w+|x86_return_thunk|srso_\w+|retbleed_\w+|cfi_\w+|fentry|ftrace_\w+|address_sanitizer\w*`,
	// Memory: mm/slub.c, slab_common.c, page_alloc.c, vmalloc.c, util.c, percpu.c, oom_kill.c.
	`slab_\w+|kmemleak_\w+|refill_(?:objects|sheaf)|pcs_\w+|k(?:v|z|m|re)?(?:m|z)?alloc\w*|kfree\w*|kvfree\w*|kmem_cache_(?:alloc|free|shutdown)\w*|shutdown_cache|kmem_dump_obj|mem_dump_obj|cache_(?:alloc|free|flusharray|grow)\w*|do_slab_free|allocate_slab|new_slab\w*|deactivate_slab|object_err|kmemdup\w*|kstrn?dup\w*|kvmemdup\w*|v?memdup_user\w*|vmalloc\w*|vzalloc\w*|vfree\w*|ksize|krealloc\w*|kmalloc\w*`,
	`bad_page\w*|free_(?:unref\w*|pages?\w*|pcp\w*|frozen\w*|large\w*|hot_cold\w*|contig\w*|tail\w*|to_partial\w*|debug_processing|consistency_checks|kmem_\w*|slab\w*)|alloc_(?:pages?\w*|contig\w*|slab\w*|frozen\w*|debug_processing|from_pcp\w*|consistency_checks|folio\w*)|folio_alloc\w*|get_free_pages\w*|get_zeroed_page\w*|get_page_from_freelist|post_alloc_hook|prep_new_page\w*|check_(?:new|free)_page\w*|rmqueue\w*|try_to_free_\w+|warn_alloc|out_of_memory|oom_kill_process|pcpu_\w+|alloc_percpu\w*`,
	// Copies and strings: lib/string.c, usercopy.c, vsprintf.c, arch/x86/lib; kernel/printk.
	`mem(?:set|cpy|move|cmp|chr|scan)\w*|sized_strscpy|str(?:n|l|s)?(?:len|nlen|cpy|scpy|cat|cmp|chr|rchr|casecmp|sep|pbrk|spn|cspn|im|str)\w*|copy_(?:to|from|in)_user\w*|copy_user_\w+|copy_(?:to|from)_kernel\w*|rep_(?:movs|stos)_\w+|clear_user\w*|clear_page(?:_\w*)?|copy_page|copy_mc_\w+|[gp]et_user\w*|v?s[cn]?n?printf|vsc?nprintf|string(?:_nocheck)?|pointer|v?printk\w*|vprintk_\w+|dev_(?:printk|vprintk)\w*`,
	`(?:arch_)?(?:test|set|clear|change)_bit\w*|(?:arch_)?test_and_\w+_bit\w*|find_\w*bit\w*|(?:arch_|raw_)?atomic(?:64)?_(?:long_)?(?:read|set|add|sub|inc|dec|and|or|xor|xchg|cmpxchg|try_cmpxchg|fetch|cond)\w*|hweight\w*|csd_lock\w*|smp_call_function\w*|generic_exec_single|on_each_cpu\w*|flush_smp_call_\w+|wait_event\w*`,
}, "|") + `)$`)

// isHelper tells whether a function is one of helpers.
func isHelper(function string) bool { return helpers.MatchString(strings.TrimLeft(function, "_")) }

// inModules are helpers that may be a module's own functions: the compiler put them
// there, or its authors.
var inModules = regexp.MustCompile(`^_*(?:refcount_\w+|assfail|asswarn|(?:btrfs_)?assertfail)$`)
