// SPDX-License-Identifier: GPL-2.0-only

package api

import (
	"testing"
)

// What a header has of x, in the ways that the kernel's headers write it.
func TestFind(t *testing.T) {
	for name, tt := range map[string]struct {
		text string
		want Kind
	}{
		"a function":                       {"extern int x(struct timer_list *t);\n", Declared},
		"a function without extern":        {"int x(void);", Declared},
		"a function that returns a ptr":    {"struct class *x(const char *name);", Declared},
		"attributes after it":              {"extern int x(const char *f, ...) __printf(1, 2) __must_check;", Declared},
		"attributes before it":             {"extern __printf(1, 2) int y(void);\nint __must_check\nx(void);", Declared},
		"attributes with an #ifdef":        {"int x(void)\n#ifdef A\n__cold\n#endif\n;", Declared},
		"two in one statement":             {"int y(void), x(void);", None},
		"an inline function":               {"static inline int x(int a)\n{\n\treturn y(a);\n}\n", Inline},
		"a variable":                       {"extern unsigned long volatile __cacheline x;", Declared},
		"an array":                         {"extern struct a x[];", Declared},
		"a struct":                         {"struct x {\n\tint a;\n};", Type},
		"a struct that is only named":      {"struct x;\nint f(struct x *);", None},
		"a typedef":                        {"typedef unsigned int __bitwise x;", Type},
		"a typedef of a struct":            {"typedef struct {\n\tint a;\n} x;", Type},
		"a typedef of a function pointer":  {"typedef void (*x)(struct work *);", Type},
		"a parameter":                      {"int f(int x, int *x);", None},
		"a macro":                          {"#define x 1", Macro},
		"a macro with parameters":          {"  #  define x(a) \\\n\t(a)", Macro},
		"a word in a macro":                {"#define y(a) x(a)", None},
		"a word in a macro's second line":  {"#define y(a) \\\nint x(void);", None},
		"a macro that says that it is one": {"#define x x\n", None},
		"an enumerator":                    {"enum a {\n\ty,\n\tx = 3,\n};", Constant},
		"an enumerator after an #ifdef":    {"enum {\n\ty,\n#ifdef A\n\tx,\n#endif\n};", Constant},
		"a value of an enumerator":         {"enum {\n\ty = x,\n};", None},
		"a member":                         {"struct a {\n\tint x;\n\tenum b c;\n\tint (*x)(void);\n};", None},
		"a struct after an enum's name":    {"struct a {\n\tenum b c;\n\tstruct {\n\t\tint y, x;\n\t};\n};", None},
		"a call":                           {"static inline int y(void)\n{\n\treturn x(1);\n}\n", None},
		"a call in an initial value":       {"static int y = x(1);", None},
		"a macro that is called":           {"int y;\nx(y);\n", None},
		"a comment":                        {"/* int x(void); */ // int x(void);\nint y;", None},
		"a string":                         {"static const char *y = \"int x(void); \\\" int x(void);\";", None},
		"a longer word":                    {"int xx(void);\nint x_x(void);", None},
		"a preprocessor's apostrophe":      {"#error don't\nint x(void);", Declared},
		"an apostrophe in a branch":        {"#if 0\ndon't\n#endif\nint x(void);", Declared},
		"a brace in each branch":           {"#ifdef A\nstatic inline int y(int a)\n{\n#else\nstatic inline int y(long a)\n{\n#endif\n\tif (a) {\n\t}\n }\nint x(void);", Declared},
		"a brace that is lost":             {"#define A }\nstruct a A {\nint y;\n{\n}\nint x(void);", Declared},
		"C++":                              {"#ifdef __cplusplus\nextern \"C\" {\n#endif\nint x(void);\n", Declared},
		"the best of both":                 {"#ifdef A\nint x(void);\n#else\nstatic inline int x(void) { return 0; }\n#endif", Inline},
		"a name of another type":           {"enum a f(int b);\nenum c { x };", Constant},
		"not an enum's brace":              {"enum a y(int b)\n{\n\tx, y;\n}", None},
	} {
		t.Run(name, func(t *testing.T) {
			if got := find([]byte(tt.text), map[string]bool{"x": true})["x"]; got != tt.want {
				t.Errorf("find(%q) = %s; want %s", tt.text, got, tt.want)
			}
		})
	}
}

// Whatever is in a header, it is read to its end, and nothing is found that is
// not in it.
func FuzzFind(f *testing.F) {
	for _, seed := range []string{"extern int x(void);", "#define x(a) \\\n", "enum { x = '\\", "/* x", "\"x", "}}}x(((", "#if\n{\n#else\n#endif\n#endif\n", "typedef void (*x)(void);", "#", "#define", "extern \"C\" {"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		covered := 0
		for _, tok := range tokens([]byte(text)) {
			covered += len(tok.text)
		}
		if covered > len(text) {
			t.Errorf("tokens of %d bytes in %d", covered, len(text))
		}
		names := map[string]bool{"x": true, "yy": true}
		for name := range find([]byte(text), names) {
			if there := mentioned([]byte(text), []string{name}); !there[name] || !names[name] {
				t.Errorf("%q was found; it is not there", name)
			}
		}
	})
}
