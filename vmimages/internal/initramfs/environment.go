// SPDX-License-Identifier: GPL-2.0-only

package initramfs

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"regexp"
	"runtime"
	"strings"

	"kmodlab/internal/fault"
)

// goWays are the settings of Go that say how it comes to modules and where it
// keeps them: they differ from one network to the next, and go.sum sees to it
// that what comes is the same. Each may stand in the environment, or in the
// file of go env -w.
var goWays = []string{"GOCACHE", "GOMODCACHE", "GOPATH", "GOPROXY", "GONOPROXY", "GOPRIVATE", "GOSUMDB", "GONOSUMDB", "GOINSECURE", "GOVCS", "GOAUTH"}

// networkWays are those of any program.
var networkWays = []string{"PATH", "HOME", "NETRC", "HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY", "http_proxy", "https_proxy", "no_proxy", "SSL_CERT_FILE", "SSL_CERT_DIR"}

// goFixed are the settings that change what is built. All others have the
// values that Go comes with, for it is given none and does not look for any
// (GOENV, GOWORK).
var goFixed = []string{"GOENV=off", "GOWORK=off", "GOFLAGS=-buildvcs=false", "CGO_ENABLED=0", "GOOS=linux", "GOAMD64=v1", "GOARM64=v8.0", "LC_ALL=C"}

// goRelease is a version that can be asked for by GOTOOLCHAIN.
var goRelease = regexp.MustCompile(`^go1\.\d+(\.\d+|rc\d+|beta\d+)?$`)

// goEnvironment returns the environment of the go command: of the user's, only
// what makes no difference to what is built.
func goEnvironment(ctx context.Context, root string) ([]string, error) {
	ask := exec.CommandContext(ctx, "go", append([]string{"env", "-json"}, goWays...)...)
	ask.Dir = root
	// What is asked for is a user's to say; how the question is answered is not.
	ask.Env = append(os.Environ(), "GOTOOLCHAIN=local", "GOEXPERIMENT=", "GOFLAGS=", "GODEBUG=", "GOROOT=", "GOWORK=off")
	var said bytes.Buffer
	ask.Stderr = &said
	text, err := ask.Output()
	switch {
	case ctx.Err() != nil:
		return nil, context.Cause(ctx)
	case errors.Is(err, exec.ErrNotFound):
		return nil, &fault.Error{Owner: fault.Host, What: "there is no go command", Err: err, Hint: "put the go command of the toolchain that built this into PATH"}
	case err != nil:
		return nil, &fault.Error{Owner: fault.Host, What: "the go command does not work", Where: "go env", Err: fmt.Errorf("%w: %s", err, strings.TrimSpace(said.String()))}
	}
	ways := map[string]string{}
	if err := json.Unmarshal(text, &ways); err != nil {
		return nil, fmt.Errorf("go env: %w", err)
	}
	env := append([]string{}, goFixed...)
	for _, name := range goWays {
		env = append(env, name+"="+ways[name])
	}
	for _, name := range networkWays {
		if value, ok := os.LookupEnv(name); ok {
			env = append(env, name+"="+value)
		}
	}
	if goRelease.MatchString(runtime.Version()) {
		env = append(env, "GOTOOLCHAIN="+runtime.Version()) // the one that the key of the image names
	}
	return env, nil
}
