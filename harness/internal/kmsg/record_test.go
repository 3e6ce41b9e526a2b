// SPDX-License-Identifier: GPL-2.0-only

package kmsg

import (
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

func TestParse(t *testing.T) {
	for _, tt := range []struct {
		name string
		raw  string
		want Record
	}{
		{
			name: "plain",
			raw:  "6,339,5140900,-;NET: Registered protocol family 10\n",
			want: Record{Priority: 6, Seq: 339, Time: 5140900 * time.Microsecond, Flags: "-", Text: "NET: Registered protocol family 10"},
		},
		{
			name: "facility and dictionary",
			raw:  "30,340,5690716,-;udevd[80]: starting version 181\n SUBSYSTEM=acpi\n DEVICE=+acpi:PNP0A03:00\n",
			want: Record{Priority: 6, Facility: 3, Seq: 340, Time: 5690716 * time.Microsecond, Flags: "-", Text: "udevd[80]: starting version 181",
				Dict: map[string]string{"SUBSYSTEM": "acpi", "DEVICE": "+acpi:PNP0A03:00"}},
		},
		{
			name: "escapes: newline, backslash, high byte",
			raw:  `4,1,7,c;a\x0ab\x5cx41 \xc3\xa4` + "\n",
			want: Record{Priority: 4, Seq: 1, Time: 7 * time.Microsecond, Flags: "c", Text: "a\nb\\x41 ä"},
		},
		{
			name: "unknown fields and caller",
			raw:  "7,1,0,-,caller=T42,more=2;text; with semicolons\n",
			want: Record{Priority: 7, Seq: 1, Flags: "-", Caller: "T42", Text: "text; with semicolons"},
		},
		{
			name: "no newline at the end, half an escape",
			raw:  `6,2,3,-;cut \x4`,
			want: Record{Priority: 6, Seq: 2, Time: 3 * time.Microsecond, Flags: "-", Text: `cut \x4`},
		},
	} {
		t.Run(tt.name, func(t *testing.T) {
			got, err := Parse([]byte(tt.raw))
			if err != nil {
				t.Fatalf("Parse(%q) = %v; want no error", tt.raw, err)
			}
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Errorf("Parse(%q): (-want +got)\n%s", tt.raw, diff)
			}
		})
	}
}

func TestParseRefuses(t *testing.T) {
	for _, raw := range []string{"", "hello", "6,1,2;three fields", "x,1,2,-;prio", "6,x,2,-;seq", "6,1,x,-;time", "6,1,99999999999999999,-;too late"} {
		if rec, err := Parse([]byte(raw)); err == nil {
			t.Errorf("Parse(%q) = %v; want an error", raw, rec)
		}
	}
}

func TestMissing(t *testing.T) {
	for _, tt := range []struct {
		seqs []uint64
		want uint64
	}{
		{nil, 0},
		{[]uint64{7}, 0},
		{[]uint64{7, 8, 9}, 0},
		{[]uint64{7, 9, 14}, 5},
		{[]uint64{7, 7, 6, 8}, 1},
	} {
		var records []Record
		for _, seq := range tt.seqs {
			records = append(records, Record{Seq: seq})
		}
		if got := Missing(records); got != tt.want {
			t.Errorf("Missing(%v) = %d; want %d", tt.seqs, got, tt.want)
		}
	}
}

// FuzzParse checks that no input crashes the parser, and that what it accepts
// reads the same when it is written again.
func FuzzParse(f *testing.F) {
	f.Add([]byte("6,339,5140900,-;NET: Registered\n SUBSYSTEM=acpi\n"))
	f.Add([]byte(`4,1,7,c,caller=C0;a\x0ab\x5cx41`))
	f.Add([]byte("6,1,2;"))
	f.Fuzz(func(t *testing.T, raw []byte) {
		rec, err := Parse(raw)
		if err != nil {
			return
		}
		if rec.Priority < 0 || rec.Priority > 7 || rec.Time < 0 {
			t.Errorf("Parse(%q) = %+v; want a priority in 0..7 and no negative time", raw, rec)
		}
		again, err := Parse(format(rec))
		if err != nil {
			t.Fatalf("Parse(format(Parse(%q))) = %v; want no error", raw, err)
		}
		again.Dict, rec.Dict = nil, nil
		if diff := cmp.Diff(rec, again); diff != "" {
			t.Errorf("Parse(format(Parse(%q))): (-first +second)\n%s", raw, diff)
		}
	})
}

// format writes a record as the kernel does, without its dictionary.
func format(r Record) []byte {
	caller := ""
	if r.Caller != "" {
		caller = ",caller=" + r.Caller
	}
	text := ""
	for _, c := range []byte(r.Text) {
		if c < ' ' || c >= 127 || c == '\\' {
			text += fmt.Sprintf(`\x%02x`, c)
		} else {
			text += string(rune(c))
		}
	}
	return fmt.Appendf(nil, "%d,%d,%d,%s%s;%s\n", r.Facility<<3|r.Priority, r.Seq, r.Time.Microseconds(), r.Flags, caller, text)
}
