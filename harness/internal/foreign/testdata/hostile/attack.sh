#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# Every attack prints its name and what came of it.

. ./targets.sh # OUTSIDE HEADERS CACHE USERHOME TOKEN PORT ABSTRACT SOCKET VICTIM MARK LINGERS

attack() {
	name=$1
	shift
	if "$@" >&2; then echo "$name got through"; else echo "$name stopped"; fi
}

connect() { # family, address
	perl -e 'use Socket;
		my ($family, $to) = @ARGV;
		my $address = $family eq "inet" ? pack_sockaddr_in($to, inet_aton("127.0.0.1")) : pack_sockaddr_un($family eq "abstract" ? "\0$to" : $to);
		socket(my $s, $family eq "inet" ? PF_INET : PF_UNIX, SOCK_STREAM, 0) or die $!;
		connect($s, $address) or die $!' "$@"
}

# Says yes unless the kernel says that we may not, or that it takes none.
insert() {
	perl -e 'open(my $f, "<", $ARGV[0]) or die $!;
		syscall(313, fileno($f), my $none = "", 0); # finit_module
		print STDERR "finit_module: $!\n";
		exit($!{EPERM} || $!{ENOSYS} ? 1 : 0)' "$1"
}

setting() { # is written back as it was
	value=$(cat "$1") && echo "$value" >"$1"
}

linger() {
	setsid sh -c 'trap "" TERM INT HUP; while :; do sleep 1000; done' "$1" </dev/null >/dev/null 2>&1 &
	sh -c 'trap "" TERM INT HUP; while :; do sleep 1000; done' "$1" </dev/null >/dev/null 2>&1 &
}

attack write-etc sh -c ': >/etc/'"$MARK"
attack write-usr sh -c ': >/usr/'"$MARK"
attack write-root sh -c ': >/'"$MARK"
attack write-outside sh -c ': >"'"$OUTSIDE"'/written"'
attack write-headers sh -c ': >"'"$HEADERS"'/written"'
attack write-cache sh -c ': >"'"$CACHE"'/written"'
attack write-home sh -c ': >"'"$USERHOME"'/written"'
attack write-setting setting /proc/sys/kernel/core_pattern
attack remount mount -o remount,rw /usr
attack own-namespace unshare -rm true
attack read-environment grep -q "$TOKEN" /proc/self/environ
attack read-environments grep -q "$TOKEN" /proc/[0-9]*/environ
attack read-home cat "$USERHOME/.netrc"
attack list-home test -e "$USERHOME"
attack connect-loopback connect inet "$PORT"
attack connect-abstract connect abstract "$ABSTRACT"
attack connect-docker connect unix "$SOCKET"
attack see-others grep -q "$VICTIM" /proc/[0-9]*/cmdline
attack signal-others sh -c 'kill $(grep -l '"$VICTIM"' /proc/[0-9]*/cmdline | sed "s,/proc/\([0-9]*\)/.*,\1,")'
attack insert-module insert "$HEADERS/template.ko"
attack insmod insmod "$HEADERS/template.ko"
attack modprobe modprobe loop
attack make-device mknod device b 1 0
attack fill-tmp sh -c 'fallocate -l 1100M /tmp/'"$MARK"' && rm /tmp/'"$MARK"
attack fill-shm sh -c 'fallocate -l 100M /dev/shm/'"$MARK"' && rm /dev/shm/'"$MARK"
linger "$LINGERS"
