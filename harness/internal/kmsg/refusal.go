// SPDX-License-Identifier: GPL-2.0-only

package kmsg

import "regexp"

// refusals are the lines by which a kernel says why it does not take a module,
// with what they mean; $1 is the first group. The texts are those of
// kernel/module.c in 5.10, of kernel/module/main.c, version.c and signing.c since
// 5.19, and of the files that are named. Where several are logged, the first of
// these counts: the others follow from it.
//
// "module verification failed" is not among them. It says that a module is not
// signed, and that the kernel takes it nevertheless.
var refusals = []struct {
	line  *regexp.Regexp
	means string
}{
	{regexp.MustCompile(`^Loading of (.+) is rejected$`), "this kernel wants modules signed with a key that it knows (module.sig_enforce, or CONFIG_MODULE_SIG_FORCE), and takes no $1"},
	// security/lockdown/lockdown.c, security/security.c.
	{regexp.MustCompile(`^Lockdown: .+: unsigned module loading is restricted`), "this kernel is locked down (lockdown=, or Secure Boot) and takes no unsigned module"},
	{regexp.MustCompile(`^Module (\S+) is blacklisted$`), "this kernel was told not to take $1 (module_blacklist=)"},
	{regexp.MustCompile(`: version magic '(.*?) ?' should be '(.*?) ?'$`), `it was built for another kernel: its version magic is "$1", the one of this kernel "$2"`},
	{regexp.MustCompile(`: disagrees about version of symbol (\S+)$`), "it was built with headers of another build of this kernel, in which $1 has other types (CONFIG_MODVERSIONS)"},
	{regexp.MustCompile(`: \.gnu\.linkonce\.this_module section size must match`), "it was built with headers of another kernel, or of another configuration: its struct module has another size"},
	{regexp.MustCompile(`: module uses symbol \((\w+)\) from namespace (\S+), but does not import it`), "it uses $1, and has to import its namespace $2 (MODULE_IMPORT_NS)"},
	{regexp.MustCompile(`: module using GPL-only symbols uses symbols.* from proprietary module (\S+)\.$`), "it uses GPL-only symbols, and symbols of $1, whose licence is not the GPL"},
	{regexp.MustCompile(`: exports duplicate symbol (\w+) \(owned by (\w+)\)$`), "it exports $1, and so does $2, which is loaded"},
	{regexp.MustCompile(`: gave up waiting for init of module (\S+)\.$`), "it needs $1, whose init does not end"},
	{regexp.MustCompile(`: Unknown symbol (\w+) \(err -2\)$`), "nothing that is loaded exports $1, or only to modules under the GPL"},
	{regexp.MustCompile(`: module is already loaded$`), "a module of that name is loaded already"},
	// kernel/params.c, parse_args.
	{regexp.MustCompile("^.+: `(.*)' invalid for parameter `(.*)'$"), "its parameter $2 does not take the value $1"},
	// drivers/base/firmware_loader/main.c, fw_get_filesystem_firmware.
	{regexp.MustCompile(`Direct firmware load for (\S+) failed with error -?\d+$`), "its init wants the firmware $1, which this VM does not have"},
}

// NoDevice is what [Refusal] says of a module that does not fail: it is the VM that
// lacks something.
const NoDevice = "its init found no such device; this VM has none"

// errnos are what is left to say when the kernel logged nothing: then the init
// of the module returned the error, most of the time.
var errnos = map[string]string{
	"EKEYREJECTED": "its signature does not fit: the module was changed after it was signed, or the key is another",
	"ENODEV":       NoDevice,
	"ENXIO":        NoDevice,
	"ENOENT":       "no symbol is unknown, so its init returned it: something that it looked for is not there",
	"EPERM":        "nothing is locked down, so its init returned it, unless kernel.modules_disabled is set",
}

// Refusal says in a sentence what a kernel means that refuses a module with
// errno ("ENOENT") after it logged lines; "" for what nobody can tell.
func Refusal(errno string, lines []string) string {
	for _, r := range refusals {
		for _, line := range lines {
			if at := r.line.FindStringSubmatchIndex(line); at != nil {
				return string(r.line.ExpandString(nil, r.means, line, at))
			}
		}
	}
	return errnos[errno]
}
