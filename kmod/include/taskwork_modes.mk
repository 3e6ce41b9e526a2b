# SPDX-License-Identifier: GPL-2.0-only
#
# taskwork_modes.mk - which notify modes the kernel's task_work_add() knows
#
# Modes are enumerators, which the preprocessor cannot see. The header itself
# is asked, so that a mode that was backported counts, too.
#
# - TWA_SIGNAL_NO_IPI came with 5.19, commit e788be95a57a ("task_work: allow
#   TWA_SIGNAL without a rescheduling IPI").
# - TWA_NMI_CURRENT came with 6.12, commit 466e4d801cd4 ("task_work: Add
#   TWA_NMI_CURRENT as an additional notify mode.").

late_modes := TWA_SIGNAL_NO_IPI TWA_NMI_CURRENT
has_mode = $(shell grep -qw $(1) $(srctree)/include/linux/task_work.h && echo -DHAVE_$(1))

ccflags-y += $(foreach mode,$(late_modes),$(call has_mode,$(mode)))
