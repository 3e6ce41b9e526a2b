// SPDX-License-Identifier: GPL-2.0-only

package fault

import "testing"

func TestNearest(t *testing.T) {
	known := []string{"notify", "order", "regchain", "tw_order", "urn_order", "6.1", "6.12", "7.3"}
	for name, want := range map[string]string{
		"ordr":         "order",
		"Order":        "order",
		"roder":        "order",
		"tworder":      "tw_order",
		"reg":          "regchain",
		"notification": "",
		"6.13":         "6.1",
		"xyz":          "",
		"":             "",
	} {
		if got := nearest(name, known); got != want {
			t.Errorf("nearest(%q) = %q; want %q", name, got, want)
		}
	}
}

func TestDistance(t *testing.T) {
	for _, tt := range []struct {
		a, b string
		want int
	}{{"", "", 0}, {"", "abc", 3}, {"abc", "", 3}, {"kitten", "sitting", 3}, {"flaw", "lawn", 2}, {"same", "same", 0}} {
		if got := distance(tt.a, tt.b); got != tt.want {
			t.Errorf("distance(%q, %q) = %d; want %d", tt.a, tt.b, got, tt.want)
		}
	}
}

func TestChoices(t *testing.T) {
	known := []string{"order", "notify"}
	if got, want := Choices("odrer", "the lessons", known), `did you mean "order"? the lessons are: order, notify`; got != want {
		t.Errorf("Choices() = %q; want %q", got, want)
	}
	if got, want := Choices("zz", "the lessons", known), "the lessons are: order, notify"; got != want {
		t.Errorf("Choices() = %q; want %q", got, want)
	}
}
