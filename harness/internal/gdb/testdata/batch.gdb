set pagination off
set confirm off
set language c
set architecture i386:x86-64
set style enabled off
set substitute-path /stage/order /kmod/order
set filename-display absolute
set print symbol-loading off
file /symbols.elf
target remote /tmp/gdb

# The module is complete, its code has not run. Its struct is the argument.
break do_init_module if *(char *)($rdi + 24) == 111 && *(char *)($rdi + 25) == 114 && *(char *)($rdi + 26) == 100 && *(char *)($rdi + 27) == 101 && *(char *)($rdi + 28) == 114 && *(char *)($rdi + 29) == 0
continue
set $symtab = *(unsigned long *)(*(unsigned long *)($rdi + 840) + 0)
set $init = *(unsigned long *)($rdi + 312)
eval "add-symbol-file /tmp/order.ko -s .text 0x%lx -s .init.text 0x%lx", *(unsigned long *)($symtab + 80) - 0, *(unsigned long *)($symtab + 968) - 16
delete
tbreak *$init
continue
set language auto
backtrace 2
detach
