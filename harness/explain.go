// SPDX-License-Identifier: GPL-2.0-only

package harness

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"strings"

	"kmodlab/harness/internal/explain"
	"kmodlab/internal/fault"
)

// Explain tells what the kernel complains of in the log at path ("-" for the
// standard input), of any machine and in any form. It fails when it complains of
// anything.
func (h Home) Explain(ctx context.Context, w io.Writer, path string, asJSON bool) error {
	in, where := os.Stdin, "the standard input"
	if path != "-" {
		file, err := os.Open(path)
		if err != nil {
			return status(&fault.Error{Owner: fault.Usage, What: "cannot read the log", Err: err})
		}
		defer file.Close()
		in, where = file, path
	}
	log, err := readLog(ctx, in)
	switch {
	case ctx.Err() != nil:
		return status(context.Cause(ctx))
	case err != nil:
		return status(&fault.Error{Owner: fault.Host, What: "cannot read the log", Where: where, Err: err})
	case log.Lines == 0:
		return status(&fault.Error{Owner: fault.Usage, What: "no line of it is a kernel's", Where: where,
			Hint: "give it what dmesg, journalctl -k or a serial console shows"})
	}
	if asJSON {
		e := json.NewEncoder(w)
		e.SetIndent("", " ")
		err = e.Encode(log)
	} else {
		err = tellLog(w, log)
	}
	if err == nil && len(log.Complaints) > 0 {
		return failed(fault.ExitFailed, "complaints of the kernel: %d", len(log.Complaints)+log.Dropped)
	}
	return err
}

// readLog reads the log, or stops waiting for more of it when ctx ends.
func readLog(ctx context.Context, in io.Reader) (explain.Log, error) {
	type result struct {
		log explain.Log
		err error
	}
	read := make(chan result, 1)
	go func() {
		log, err := explain.Read(in)
		read <- result{log, err}
	}()
	select {
	case r := <-read:
		return r.log, r.err
	case <-ctx.Done():
		return explain.Log{}, context.Cause(ctx)
	}
}

// essential is how many lines of a report are shown.
const essential = 24

func tellLog(w io.Writer, log explain.Log) error {
	var b strings.Builder
	for _, c := range log.Complaints {
		fmt.Fprintf(&b, "%s: %s\n", c.Kind, c.Title)
		fmt.Fprintf(&b, "  %s; %s\n", place(c), c.Whose)
		for i, line := range c.Essence {
			if i == essential {
				fmt.Fprintf(&b, "    ... %d lines more\n", len(c.Essence)-i)
				break
			}
			fmt.Fprintf(&b, "    %s\n", line)
		}
		b.WriteByte('\n')
	}
	if len(log.Complaints) == 0 {
		fmt.Fprintf(&b, "no complaint in %d lines\n", log.Lines)
	}
	for _, t := range log.Taints {
		fmt.Fprintf(&b, "note: %s: %s\n", place(t), t.Essence[0])
	}
	if log.Stamped == 0 {
		fmt.Fprintln(&b, "note: no line has a stamp, so each was taken for a kernel's")
	}
	if log.Dropped > 0 {
		fmt.Fprintf(&b, "%d complaints more are not shown\n", log.Dropped)
	}
	_, err := io.WriteString(w, b.String())
	return err
}

func place(c explain.Complaint) string {
	where := fmt.Sprintf("lines %d to %d", c.First, c.Last)
	if c.First == c.Last {
		where = fmt.Sprintf("line %d", c.First)
	}
	if c.Seconds > 0 {
		where += fmt.Sprintf(", %.3f s after boot", c.Seconds)
	}
	if c.Times > 1 {
		where += fmt.Sprintf(", and %s more", counted(c.Times-1))
	}
	return where
}

func counted(n int) string {
	if n == 1 {
		return "once"
	}
	return fmt.Sprintf("%d times", n)
}
