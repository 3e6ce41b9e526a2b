// SPDX-License-Identifier: GPL-2.0-only

package host

// managers are the package managers that a machine may have, with what they call
// things that Debian calls otherwise.
var managers = []struct {
	program, install string
	names            map[string]string
}{
	{"apt-get", "install -y --no-install-recommends", nil},
	{"dnf", "install", map[string]string{"qemu-system-x86": "qemu-system-x86-core", "qemu-system-arm": "qemu-system-aarch64-core", "xz-utils": "xz", "perl-base": "perl-interpreter"}},
	{"pacman", "-S", map[string]string{"qemu-system-x86": "qemu-system-x86", "qemu-system-arm": "qemu-system-aarch64", "xz-utils": "xz", "perl-base": "perl", "golang": "go"}},
	{"zypper", "install", map[string]string{"qemu-system-x86": "qemu-x86", "qemu-system-arm": "qemu-arm", "xz-utils": "xz", "perl-base": "perl-base", "golang": "go"}},
}
