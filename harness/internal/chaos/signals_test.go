// SPDX-License-Identifier: GPL-2.0-only

package chaos

import (
	"context"
	"errors"
	"testing"
)

// What stops no VM proves nothing, and says so.
func TestStopWithoutVM(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := Disturb(ctx, Stop, 1); !errors.Is(err, errUndisturbed) {
		t.Errorf("Disturb(stop) without a VM = %v; want %v", err, errUndisturbed)
	}
}
