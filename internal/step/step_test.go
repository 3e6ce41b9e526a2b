// SPDX-License-Identifier: GPL-2.0-only

package step

import (
	"context"
	"errors"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
)

func TestEventsOfAStep(t *testing.T) {
	var got []Event
	ctx := With(context.Background(), func(e Event) { got = append(got, e) })
	broken := errors.New("broken")

	s := Start(ctx, "download %s", "linux-image")
	s.Progress(3, 7)
	Note(ctx, "the mirror is %s", "slow")
	if err := s.End(broken); err != broken {
		t.Errorf("End(err) = %v; want the same error", err)
	}
	want := []Event{
		{Kind: Began, ID: s.id, Name: "download linux-image"},
		{Kind: Advanced, ID: s.id, Name: "download linux-image", Done: 3, Total: 7},
		{Kind: Noted, Text: "the mirror is slow"},
		{Kind: Ended, ID: s.id, Name: "download linux-image", Err: broken},
	}
	if d := cmp.Diff(want, got, cmpopts.IgnoreFields(Event{}, "Elapsed"), cmpopts.EquateErrors()); d != "" {
		t.Errorf("events (-want +got):\n%s", d)
	}
	if got[3].Elapsed <= 0 {
		t.Errorf("elapsed = %v; want more than nothing", got[3].Elapsed)
	}
}

func TestWithoutAListener(t *testing.T) {
	if err := Start(context.Background(), "alone").End(nil); err != nil {
		t.Errorf("End(nil) = %v; want nil", err)
	}
}
