// SPDX-License-Identifier: GPL-2.0-only

package page

import (
	"encoding/base64"
	"encoding/json"
	"flag"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"kmodlab/harness/internal/claims"
	"kmodlab/harness/internal/coverage"
	"kmodlab/harness/internal/lesson"
	"kmodlab/harness/internal/verdict"
)

var (
	screenshots = flag.String("screenshots", "", "folder that TestLooks puts pictures of the page into")
	results     = flag.String("results", "", "results file that TestLooks shows instead of the fixture")
)

// fixture are records of every kind, and claims that they settle.
func fixture(t *testing.T, path string) (verdict.Judgement, []claims.Claim, []claims.Settlement) {
	t.Helper()
	j, err := verdict.ReadJudgement(path)
	if err != nil {
		t.Fatal(err)
	}
	c := lesson.Case{Lesson: "notify", Name: "again"}
	j.Ledger = "the ledger is <b>stale</b>"
	return j, []claims.Claim{{ID: "C1", Text: "A claim that <i>one</i> case settles."}, {ID: "C2", Text: "A claim that none does."}},
		[]claims.Settlement{{Claim: "C1", Verdict: "holds", Remark: "mostly", Case: c}}
}

// measured is what two kernels ran of a source.
var measured = &coverage.Run{Sources: map[string]string{"kmod/a/a.c": "int a(void)\n{\n\tif (1 < 2)\n\t\treturn b();\n\treturn 0;\n}\n"},
	Missing: []string{"the module z was built without counters"},
	Profiles: []coverage.Profile{
		{Kernel: "5.10", Files: coverage.Files{"kmod/a/a.c": {1: {Hits: 2, First: "a/first"}, 3: {Hits: 2, First: "a/first"}, 4: {}, 5: {}}}},
		{Kernel: "6.12", Files: coverage.Files{"kmod/a/a.c": {1: {Hits: 1, First: "a/second"}, 3: {Hits: 1, First: "a/second"}, 4: {Hits: 1, First: "a/second"}, 5: {}}, "kmod/b/b.c": {1: {}}}},
	}}

const fixtureFile = "../testdata/results.json"

// write writes the page of the results file at path and returns its URL.
func write(t *testing.T, path string) string {
	t.Helper()
	j, list, settlements := fixture(t, path)
	var b strings.Builder
	if err := Write(&b, j, list, settlements, measured, os.DirFS(filepath.Dir(path))); err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(t.TempDir(), "report.html")
	if err := os.WriteFile(file, []byte(b.String()), 0o600); err != nil {
		t.Fatal(err)
	}
	return (&url.URL{Scheme: "file", Path: file}).String()
}

// check compares the value of a JavaScript expression.
func check(t *testing.T, b *browser, what, expression, want string) {
	t.Helper()
	if got := b.eval(expression); got != want {
		t.Errorf("%s: %s = %q; want %q", what, expression, got, want)
	}
}

const shownCells = `document.querySelectorAll('.cell:not([hidden])').length`

// The page names what was added to the kernels' command lines: in the table, and with
// each case.
func TestKernelArgsAreTold(t *testing.T) {
	j, list, settlements := fixture(t, fixtureFile)
	for i := range j.Records {
		j.Records[i].Args = "slub_debug=FZPU"
	}
	var b strings.Builder
	if err := Write(&b, j, list, settlements, nil, os.DirFS(filepath.Dir(fixtureFile))); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{">5.10 with slub_debug=FZPU</th>", `<span class="on">on 5.10.0-46-cloud-amd64 with slub_debug=FZPU</span>`, "<b>5.10 with slub_debug=FZPU</b>", "<td>6.12 with slub_debug=FZPU</td>"} {
		if !strings.Contains(b.String(), want) {
			t.Errorf("the page has no %s", want)
		}
	}
}

func TestBrowser(t *testing.T) {
	b := newBrowser(t)
	page := write(t, fixtureFile)
	b.open(page, 1280, 900, "light")

	check(t, b, "all is shown", shownCells, "12")
	check(t, b, "and said to be", `document.getElementById('shown').textContent`, "12 of 12 shown")
	check(t, b, "a stale ledger is told", `document.getElementById('stale').textContent`, "the ledger is <b>stale</b>")
	check(t, b, "text of a kernel is no markup", `document.querySelectorAll('#claims i, .step b').length`, "0")

	// The filter: a word, a kernel's name, a verdict, and nothing.
	b.eval(`document.getElementById('filter').focus()`)
	b.write("notify")
	check(t, b, "filter by lesson", shownCells, "6")
	b.write(" 6.12")
	check(t, b, "filter by lesson and kernel", shownCells, "2")
	check(t, b, "columns left", `document.querySelectorAll('.grid thead th:not([hidden])').length`, "3")
	check(t, b, "failures left", `[...document.querySelectorAll('#failures article:not([hidden])')].map(a => a.id).join()`, "case-4")
	b.eval(`document.querySelector('.toggle[data-verdict=pass]').click()`)
	check(t, b, "filter by verdict, too", `[...document.querySelectorAll('.cell:not([hidden])')].map(c => c.dataset.case).join()`, "5")
	b.write(" nowhere")
	check(t, b, "nothing is left", `document.getElementById('nothing').hidden + ' ' + document.getElementById('shown').textContent`, "false 0 of 12 shown")
	b.eval(`document.getElementById('reset').click()`)
	check(t, b, "all is back", shownCells, "12")

	b.write("6.1")
	check(t, b, "a kernel's name means that kernel", `[...new Set([...document.querySelectorAll('.cell:not([hidden])')].map(c => c.dataset.verdict))].join()`, "infra")
	b.eval(`document.getElementById('reset').click()`)

	// The keyboard alone: into the table, along it, into a case and back.
	b.eval(`document.querySelector('.grid').closest('.scroll').focus()`)
	b.press("Tab")
	b.press("Home")
	b.press("ArrowRight")
	check(t, b, "arrow keys go along a row", `document.activeElement.dataset.case`, "4")
	b.press("ArrowDown")
	check(t, b, "and down a column", `document.activeElement.dataset.case`, "5")
	b.press("Enter")
	check(t, b, "Enter opens the case", `document.getElementById('dialog').open + ' ' + document.getElementById('dialog-title').textContent.trim()`,
		"true ✓ pass notify/again on 6.12.118+deb13-cloud-amd64")
	check(t, b, "with its transcript", `[...document.querySelectorAll('#dialog .got')].map(e => e.textContent).join('|')`,
		"init_notifier|Begin to notify:|In Event 1: <b>1</b> & more")
	b.press("Escape")
	check(t, b, "Escape closes it, and the focus is back", `document.getElementById('dialog').open + ' ' + document.activeElement.dataset.case`, "false 5")

	b.eval(`document.querySelector('#claims .open').click()`)
	check(t, b, "a claim opens the case that settles it, where it passed", `document.getElementById('dialog-title').textContent.trim()`,
		"✓ pass notify/again on 6.12.118+deb13-cloud-amd64")
	b.press("Escape")

	b.eval(`document.querySelector('.cell[data-case="5"]').focus()`)
	b.press("ArrowUp")
	b.press("Enter")
	check(t, b, "what is only expected", `[...document.querySelectorAll('#dialog del')].map(e => e.textContent).join('|')`, "In Event 1: 1")
	check(t, b, "what is only printed", `[...document.querySelectorAll('#dialog ins')].map(e => e.textContent).join('|')`, "In Event 1: 1 ␛[31m")
	b.press("Escape")
	quietAndAlone(t, b, page)

	b.open(page, 390, 844, "dark")
	check(t, b, "a phone need not scroll sideways", `document.scrollingElement.scrollWidth <= 390`, "true")
	quietAndAlone(t, b, page)
}

// quietAndAlone fails the test if the page complained, or asked for anything
// but itself.
func quietAndAlone(t *testing.T, b *browser, page string) {
	t.Helper()
	asked := 0
	for _, e := range b.events {
		switch e.Method {
		case "Runtime.exceptionThrown", "Runtime.consoleAPICalled", "Log.entryAdded", "Audits.issueAdded":
			t.Errorf("the page complains: %s", e.Params)
		case "Network.requestWillBeSent":
			asked++
			var sent struct{ Request struct{ URL string } }
			if err := json.Unmarshal(e.Params, &sent); err != nil || sent.Request.URL != page {
				t.Errorf("the page asks for %q, %v", sent.Request.URL, err)
			}
		}
	}
	if asked != 1 {
		t.Errorf("%d requests; want the page alone", asked)
	}
}

// TestLooks takes pictures for people to look at.
func TestLooks(t *testing.T) {
	if *screenshots == "" {
		t.Skip("-screenshots=FOLDER says where pictures go")
	}
	path := fixtureFile
	if *results != "" {
		path = *results
	}
	b := newBrowser(t)
	page := write(t, path)
	for name, size := range map[string][2]int{"desktop": {1280, 900}, "phone": {390, 844}} {
		for _, scheme := range []string{"light", "dark"} {
			b.open(page, size[0], size[1], scheme)
			picture(b, name+"-"+scheme, 1)
			picture(b, name+"-"+scheme+"-whole", 8)
			b.eval(`(document.querySelector('.cell.v-fail') || document.querySelector('.cell')).click()`)
			picture(b, name+"-"+scheme+"-case", 1)
		}
	}
	b.open(page, 800, 1100, "dark")
	b.call("Emulation.setEmulatedMedia", map[string]any{"media": "print"}, nil)
	picture(b, "paper", 8)
}

// picture takes a picture that is at most so many windows high.
func picture(b *browser, name string, windows int) {
	b.t.Helper()
	params := map[string]any{"format": "png"}
	if windows > 1 {
		var m struct {
			CSSContentSize struct{ Width, Height float64 }
		}
		b.call("Page.getLayoutMetrics", nil, &m)
		params["captureBeyondViewport"] = true
		params["clip"] = map[string]any{"x": 0, "y": 0, "width": m.CSSContentSize.Width, "height": min(m.CSSContentSize.Height, float64(windows)*900), "scale": 1}
	}
	var shot struct{ Data string }
	b.call("Page.captureScreenshot", params, &shot)
	data, err := base64.StdEncoding.DecodeString(shot.Data)
	if err != nil {
		b.t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(*screenshots, name+".png"), data, 0o644); err != nil {
		b.t.Fatal(err)
	}
}
