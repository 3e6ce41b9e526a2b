// SPDX-License-Identifier: GPL-2.0-only

package page

import (
	"strings"
	"testing"
	"testing/fstest"

	"kmodlab/harness/internal/verdict"
)

// A source is there with what became of each line, on all kernels together.
func TestPageShowsCoverage(t *testing.T) {
	var b strings.Builder
	if err := Write(&b, verdict.Judgement{}, nil, nil, measured, fstest.MapFS{}); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{
		"<p>coverage: 60.0 % of 5 lines; 50.0 % on 5.10, 60.0 % on 6.12</p>",
		"<p>Not measured: the module z was built without counters.</p>",
		`<a href="#source-0">kmod/a/a.c</a></th><td class="number">4</td><td class="number">50.0 %</td><td class="number">75.0 %</td><td class="number">75.0 %</td><td>5</td>`,
		`<a href="#source-1">kmod/b/b.c</a></th><td class="number">1</td><td class="number">not built</td>`,
		`<tr class="ran"><td>1</td><td>3</td><td>a/first</td><td>int a(void)</td></tr>`,
		"<tr><td>2</td><td></td><td></td><td>{</td></tr>",
		`<tr class="ran"><td>3</td><td>3</td><td>a/first</td><td>	if (1 &lt; 2)</td></tr>`,
		`<tr class="partly"><td>4</td><td>1</td><td>a/second <span class="quiet">not on 5.10</span></td>`,
		`<tr class="never"><td>5</td><td>never</td><td></td>`,
	} {
		if !strings.Contains(b.String(), want) {
			t.Errorf("the page lacks %q", want)
		}
	}
	b.Reset()
	if err := Write(&b, verdict.Judgement{}, nil, nil, nil, fstest.MapFS{}); err != nil {
		t.Fatal(err)
	}
	if strings.Contains(b.String(), "overage") {
		t.Error("a page of a run that measured nothing speaks of coverage")
	}
}
