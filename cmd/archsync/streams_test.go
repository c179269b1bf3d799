package main

import (
	"bytes"
	"errors"
	"io"
	"slices"
	"strings"
	"testing"
)

// pieces is a stream that remembers each write.
type pieces struct {
	got  []string
	fail error
}

func (p *pieces) Write(text []byte) (int, error) {
	if p.fail != nil {
		return 0, p.fail
	}
	p.got = append(p.got, string(text))
	return len(text), nil
}

func TestGatheredComesInOrder(t *testing.T) {
	all := &pieces{}
	w, printed := (&world{in: strings.NewReader("yes\n"), out: all, errs: all, edit: func(string, int) error {
		_, err := io.WriteString(all, "edited;")
		return err
	}}).gather()
	for _, text := range []string{"one,", "two;"} {
		if _, err := io.WriteString(w.out, text); err != nil {
			t.Fatal(err)
		}
	}
	_, _ = io.WriteString(w.errs, "complaint;")
	_, _ = io.WriteString(w.out, "asked?")
	if _, err := w.in.Read(make([]byte, 9)); err != nil {
		t.Fatal(err)
	}
	_, _ = io.WriteString(w.out, "three;")
	if err := w.edit("board.yaml", 1); err != nil {
		t.Fatal(err)
	}
	_, _ = io.WriteString(w.out, "last")
	if err := printed.flush(); err != nil {
		t.Fatal(err)
	}
	if got, want := strings.Join(all.got, ""), "one,two;complaint;asked?three;edited;last"; got != want {
		t.Errorf("printed %q, want %q", got, want)
	}
	if !slices.Contains(all.got, "complaint;") {
		t.Errorf("a complaint waits with what was printed: %q", all.got)
	}
}

func TestGatheredWritesMuchAtOnce(t *testing.T) {
	to := &pieces{}
	g := &gathered{to: to}
	text := bytes.Repeat([]byte("x"), enough-1)
	_, _ = g.Write(text)
	_, _ = g.Write([]byte("yz"))
	if err := g.flush(); err != nil || strings.Join(to.got, "") != string(text)+"yz" {
		t.Errorf("%d pieces, %v", len(to.got), err)
	}
}

func TestGatheredTellsOfAFullDisk(t *testing.T) {
	full := errors.New("no space left")
	g := &gathered{to: &pieces{fail: full}}
	_, _ = g.Write([]byte("text"))
	if err := g.flush(); !errors.Is(err, full) {
		t.Errorf("flush gives %v", err)
	}
	if _, err := g.Write([]byte("more")); !errors.Is(err, full) {
		t.Errorf("a write after it gives %v", err)
	}
}
