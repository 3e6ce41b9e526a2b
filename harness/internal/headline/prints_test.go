// SPDX-License-Identifier: GPL-2.0-only

package headline

import (
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestPrints(t *testing.T) {
	for _, tc := range []struct {
		name, source string
		want         []string // function: format
	}{
		{"a call", "void f(int a)\n{\n\tpr_err(\"bad %d\\n\", a);\n}\n", []string{`f: "bad %d\n"`}},
		{"strings side by side", "void f(void)\n{\n\tpr_warn(\"a\" /* \"x\" */\n\t\t\"b\\n\");\n}\n", []string{`f: "ab\n"`}},
		{"pr_fmt", "#define pr_fmt(fmt) \"unit: \" fmt\nvoid f(void)\n{\n\tpr_err(\"a\\n\");\n\tprintk(KERN_ERR \"b\\n\");\n\tprintk(KERN_ERR pr_fmt(\"c\\n\"));\n}\n",
			[]string{`f: "unit: a\n"`, `f: "b\n"`, `f: "unit: c\n"`}},
		{"the module's name", "#define pr_fmt(fmt) KBUILD_MODNAME \": \" fmt\nvoid f(void)\n{\n\tpr_err(\"a\\n\");\n}\n", []string{`f: "file: a\n"`}},
		{"the function's name", "#define pr_fmt(fmt) \"%s: \" fmt, __func__\nvoid f(void)\n{\n\tpr_err(\"a %s %s\\n\", b, __func__);\n}\n", []string{`f: "f: a %s f\n"`}},
		{"a percent sign", "void f(void)\n{\n\tpr_err(\"%d%% of %s\\n\", a, __func__);\n}\n", []string{`f: "%d%% of f\n"`}},
		{"levels", "void f(void)\n{\n\tprintk(KERN_INFO \"a\\n\");\n\tprintk(KERN_DEBUG \"b\\n\");\n\tprintk(\"c\\n\");\n\tprintk(KERN_EMERG \"d\\n\");\n}\n", []string{`f: "c\n"`, `f: "d\n"`}},
		{"a level that is a value", "void f(char *lvl)\n{\n\tprintk(\"%sa %s\\n\", lvl, b);\n\tprintk(\"%sb\\n\", name);\n}\n", []string{`f: "a %s\n"`, `f: "%sb\n"`}},
		{"information that cries", "void f(void)\n{\n\tpr_info(\"a\\n\");\n\tpr_info(\"INFO: b\\n\");\n\tpr_notice(\"BUG: c\\n\");\n}\n", []string{`f: "INFO: b\n"`, `f: "BUG: c\n"`}},
		{"two texts", "void f(void)\n{\n\tpr_err(x ? \"a\\n\" : \"b\\n\");\n}\n", []string{`f: "a\n"`, `f: "b\n"`}},
		{"a line in parts", "void f(void)\n{\n\tpr_alert(\"a: \");\n\tpr_cont(\"b\\n\");\n\tpr_cont(\"c\\n\");\n}\n", []string{`f: "a: b\n"`}},
		{"a part of another function", "void f(void)\n{\n\tpr_alert(\"a: \");\n}\nvoid g(void)\n{\n\tpr_cont(\"b\\n\");\n}\n", []string{`f: "a: "`}},
		{"what is announced", "void f(void)\n{\n\tWARN(a(b, c), KERN_ERR \"a\\n\");\n\tBUG_ON(b);\n\tif (WARN_ON_ONCE(c))\n\t\tpanic(\"d\");\n}\n",
			[]string{`f: "a\n" announced`, `f: "" announced`, `f: "" announced`, `f: "d" announced`}},
		{"a print in an argument", "void f(void)\n{\n\tif (WARN(x, \"a\") || ({ pr_err(\"b\\n\"); 1; }))\n\t\treturn;\n}\n", []string{`f: "a" announced`, `f: "b\n"`}},
		{"names with an end", "void f(void)\n{\n\tpr_err_ratelimited(\"a\\n\");\n\tpr_warn_once(\"b\\n\");\n\tprintk_deferred_once(KERN_ERR \"c\\n\");\n\tpr_error(\"d\\n\");\n}\n", []string{`f: "a\n"`, `f: "b\n"`, `f: "c\n"`}},
		{"devices and slabs", "void f(void)\n{\n\tdev_err(dev, \"a\\n\");\n\tslab_err(s, slab, \"b\");\n\twarn_alloc(gfp, NULL, \"c %lu\", size);\n}\n",
			[]string{`f: "driver device: a\n"`, `f: "BUG %s (%s): b"`, `f: "%s: c %lu"`}},
		{"a macro over lines", "#define bad(x) do { \\\n\tpr_err(\"a\\n\"); \\\n} while (0)\nvoid f(void)\n{\n\tpr_err(\"b\\n\");\n}\n", []string{`bad: "a\n"`, `f: "b\n"`}},
		{"the macro that prints", "#define pr_err(fmt, ...) printk(KERN_ERR pr_fmt(fmt), ##__VA_ARGS__)\n#define pr_warn(x) printk(\"z\")\n", nil},
		{"braces of two worlds", "void f(void)\n{\n#ifdef A\n\tif (a) {\n#else\n\tif (b) {\n#endif\n\t\tpr_err(\"a\\n\");\n\t}\n}\nvoid g(void) __acquires(x)\n{\n\tpr_err(\"b\\n\");\n}\n", []string{`f: "a\n"`, `g: "b\n"`}},
		{"a system call", "SYSCALL_DEFINE1(delete, int, a)\n{\n\tpr_err(\"a\\n\");\n}\n", []string{`delete: "a\n"`}},
		{"no call", "static int pr_err(const char *);\nint x = PR(pr_err);\n", nil},
		{"a call without end", "void f(void)\n{\n\tpr_err(\"a\"", nil},
	} {
		t.Run(tc.name, func(t *testing.T) {
			var got []string
			for _, p := range prints("dir/file.c", tc.source) {
				text := fmt.Sprintf("%s: %q", p.Function, p.Format)
				if p.Loud {
					text += " announced"
				}
				got = append(got, text)
			}
			if diff := cmp.Diff(tc.want, got); diff != "" {
				t.Errorf("prints (-want +got):\n%s", diff)
			}
		})
	}
}

// Whatever a file holds, reading it ends, and tells no more than is there.
func FuzzPrints(f *testing.F) {
	f.Add("#define pr_fmt(fmt) \"x: \" fmt, __func__\nvoid f(void)\n{\n\tpr_err(a ? \"b%s\" : \"c\", __func__);\n\tpr_cont(\"\\n\");\n}\n")
	f.Add("void f(void)\n{\n\tWARN(1, \"%*pbl %pS %016lx\");\n\tdie(\"x\", regs, 0);\n")
	f.Add("pr_err(\"\\")
	f.Add("{{(pr_warn(printk((")
	f.Fuzz(func(t *testing.T, source string) {
		for _, p := range prints("a/b.c", source) {
			if p.File != "a/b.c" || p.Call == "" {
				t.Errorf("%+v of no file or no call", p)
			}
			sample(p.Format)
		}
	})
}
