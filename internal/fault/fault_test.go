// SPDX-License-Identifier: GPL-2.0-only

package fault

import (
	"errors"
	"fmt"
	"io/fs"
	"testing"
)

func TestErrorSaysEverything(t *testing.T) {
	for name, tt := range map[string]struct {
		err  *Error
		want string
	}{
		"all parts": {
			&Error{Owner: Host, What: "cannot use the cache", Where: "/cache", Err: fs.ErrPermission, Hint: "set KMODLAB_CACHE"},
			"host: cannot use the cache (/cache): permission denied\n  hint: set KMODLAB_CACHE",
		},
		"only what": {&Error{Owner: Usage, What: `there is no kernel "9.9"`}, `usage: there is no kernel "9.9"`},
	} {
		t.Run(name, func(t *testing.T) {
			if got := tt.err.Error(); got != tt.want {
				t.Errorf("Error() = %q; want %q", got, tt.want)
			}
		})
	}
}

func TestExitAndOwner(t *testing.T) {
	wrapped := fmt.Errorf("while testing: %w", &Error{Owner: Usage, What: "x"})
	for name, tt := range map[string]struct {
		err   error
		owner Owner
		exit  int
	}{
		"no error":       {nil, "", ExitOK},
		"a wrapped one":  {wrapped, Usage, ExitUsage},
		"of the archive": {&Error{Owner: Archive, What: "x"}, Archive, ExitHarness},
		"of nobody":      {errors.New("x"), Harness, ExitHarness},
	} {
		t.Run(name, func(t *testing.T) {
			if Of(tt.err) != tt.owner || Exit(tt.err) != tt.exit {
				t.Errorf("Of, Exit(%v) = %q, %d; want %q, %d", tt.err, Of(tt.err), Exit(tt.err), tt.owner, tt.exit)
			}
		})
	}
}

func TestUnwrapKeepsTheCause(t *testing.T) {
	if err := error(&Error{Owner: Host, What: "x", Err: fs.ErrNotExist}); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("errors.Is(%v, ErrNotExist) = false; want true", err)
	}
}
