// SPDX-License-Identifier: GPL-2.0-only

package kmsg

import (
	"bytes"
	"os"
	"testing"

	"kmodlab/vmimages/vmimagestest"
)

func TestRefusal(t *testing.T) {
	const unsigned = "m: module verification failed: signature and/or required key missing - tainting kernel"
	for name, tt := range map[string]struct {
		errno string
		lines []string
		want  string
	}{
		"signatures are enforced": {"EKEYREJECTED", []string{"Loading of unsigned module is rejected"},
			"this kernel wants modules signed with a key that it knows (module.sig_enforce, or CONFIG_MODULE_SIG_FORCE), and takes no unsigned module"},
		"a key that is not there": {"EKEYREJECTED", []string{"Loading of module with unavailable key is rejected"},
			"this kernel wants modules signed with a key that it knows (module.sig_enforce, or CONFIG_MODULE_SIG_FORCE), and takes no module with unavailable key"},
		"a signature that does not fit": {"EKEYREJECTED", nil, "its signature does not fit: the module was changed after it was signed, or the key is another"},
		"lockdown": {"EPERM", []string{"Lockdown: insmod: unsigned module loading is restricted; see man kernel_lockdown.7"},
			"this kernel is locked down (lockdown=, or Secure Boot) and takes no unsigned module"},
		"an init that may not": {"EPERM", []string{"m: loading out-of-tree module taints kernel.", unsigned, "m: not on this machine"},
			"nothing is locked down, so its init returned it, unless kernel.modules_disabled is set"},
		"a blacklist": {"EPERM", []string{"Module m is blacklisted"}, "this kernel was told not to take m (module_blacklist=)"},
		"another kernel's": {"ENOEXEC", []string{"m: version magic '6.1.0-56-cloud-amd64 SMP preempt mod_unload modversions ' should be '6.12.118+deb13-cloud-amd64 SMP preempt mod_unload modversions '"},
			`it was built for another kernel: its version magic is "6.1.0-56-cloud-amd64 SMP preempt mod_unload modversions", the one of this kernel "6.12.118+deb13-cloud-amd64 SMP preempt mod_unload modversions"`},
		"another build's, of which follows an unknown symbol": {"EINVAL", []string{"m: Unknown symbol printk (err -22)", "m: disagrees about version of symbol printk"},
			"it was built with headers of another build of this kernel, in which printk has other types (CONFIG_MODVERSIONS)"},
		"another build's struct module": {"ENOEXEC", []string{"m: disagrees about version of symbol module_layout"},
			"it was built with headers of another build of this kernel, in which module_layout has other types (CONFIG_MODVERSIONS)"},
		"another size of struct module": {"ENOEXEC", []string{"module m: .gnu.linkonce.this_module section size must match the kernel's built struct module size at run time"},
			"it was built with headers of another kernel, or of another configuration: its struct module has another size"},
		"an unknown symbol": {"ENOENT", []string{unsigned, "m: Unknown symbol base_greet (err -2)"}, "nothing that is loaded exports base_greet, or only to modules under the GPL"},
		"a namespace": {"EINVAL", []string{"m: module uses symbol (dma_buf_get) from namespace DMA_BUF, but does not import it.", "m: Unknown symbol dma_buf_get (err -22)"},
			"it uses dma_buf_get, and has to import its namespace DMA_BUF (MODULE_IMPORT_NS)"},
		"a licence, as 5.10 says it": {"ENOENT", []string{"m: module using GPL-only symbols uses symbols from proprietary module p."},
			"it uses GPL-only symbols, and symbols of p, whose licence is not the GPL"},
		"a licence, as 6.1 says it": {"ENOENT", []string{"m: module using GPL-only symbols uses symbols f from proprietary module p.", "m: Unknown symbol f (err -2)"},
			"it uses GPL-only symbols, and symbols of p, whose licence is not the GPL"},
		"a symbol twice":      {"ENOEXEC", []string{"m: exports duplicate symbol f (owned by other)"}, "it exports f, and so does other, which is loaded"},
		"the kernel's own":    {"ENOEXEC", []string{"m: exports duplicate symbol printk (owned by kernel)"}, "it exports printk, and so does kernel, which is loaded"},
		"a module that waits": {"EBUSY", []string{"m: gave up waiting for init of module base.", "m: Unknown symbol f (err -16)"}, "it needs base, whose init does not end"},
		"a name twice":        {"EEXIST", []string{"m: module is already loaded"}, "a module of that name is loaded already"},
		"a parameter":         {"EINVAL", []string{"m: `many' invalid for parameter `count'"}, "its parameter count does not take the value many"},
		"firmware":            {"ENOENT", []string{"misc m: Direct firmware load for m/fw.bin failed with error -2"}, "its init wants the firmware m/fw.bin, which this VM does not have"},
		"no device":           {"ENODEV", []string{unsigned}, "its init found no such device; this VM has none"},
		"nothing to be found": {"ENOENT", []string{unsigned}, "no symbol is unknown, so its init returned it: something that it looked for is not there"},
		"nobody can tell":     {"EBUSY", []string{unsigned}, ""},
		"a parameter that is ignored is no reason": {"EINVAL", []string{"m: unknown parameter 'x' ignored"}, ""},
	} {
		t.Run(name, func(t *testing.T) {
			if got := Refusal(tt.errno, tt.lines); got != tt.want {
				t.Errorf("Refusal(%s, %q) = %q; want %q", tt.errno, tt.lines, got, tt.want)
			}
		})
	}
}

// The kernels say what is listened for: their images hold the texts.
func TestRefusalsAreKernels(t *testing.T) {
	// Debian's 7.3 is built without CONFIG_MODVERSIONS, so nobody disagrees there.
	without := map[string][]string{
		"%s: disagrees about version of symbol %s\n":                                                            {"7.3"},
		".gnu.linkonce.this_module section size must match the kernel's built struct module size at run time\n": {"5.10", "6.1"},
		"%s: module using GPL-only symbols uses symbols %s from proprietary module %s.\n":                       {"5.10"},
		"%s: module using GPL-only symbols uses symbols from proprietary module %s.\n":                          {"6.1", "6.12", "7.3"},
	}
	texts := []string{
		"Loading of %s is rejected\n", "unsigned module\x00", "module with unavailable key\x00",
		"Lockdown: %s: %s is restricted; see man kernel_lockdown.7\n", "unsigned module loading\x00",
		"Module %s is blacklisted\n", "%s: version magic '%s' should be '%s'\n",
		"%s: module uses symbol (%s) from namespace %s, but does not import it.\n",
		"%s: exports duplicate symbol %s (owned by %s)\n", "%s: gave up waiting for init of module %s.\n",
		"%s: Unknown symbol %s (err %d)\n", "%s: module is already loaded\n", "%s: `%s' invalid for parameter `%s'\n",
		"Direct firmware load for %s failed with error %d\n",
	}
	for text := range without {
		texts = append(texts, text)
	}
	for _, series := range []string{"5.10", "6.1", "6.12", "7.3"} {
		t.Run(series, func(t *testing.T) {
			_, source := vmimagestest.Kernel(t, series)
			k, err := source.Get(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			image, err := os.ReadFile(k.Image)
			if err != nil {
				t.Fatal(err)
			}
			for _, text := range texts {
				want := true
				for _, s := range without[text] {
					want = want && s != series
				}
				if got := bytes.Contains(image, []byte(text)); got != want {
					t.Errorf("%s has the text %q: %v; want %v", k.Release, text, got, want)
				}
			}
		})
	}
}
