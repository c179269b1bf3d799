package decision

import (
	"reflect"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// A draft in the format of other tools is one to them, and a decision to us.
func TestDraftsOfOtherFormats(t *testing.T) {
	d := Draft{Number: "0012", Date: "2026-03-12", Title: "Cells hold 800 tenants", Authors: []string{"Ada <ada@lumen.example>"}, Touches: []string{"a.b"}, Breakouts: []string{"cells"}, Context: "How large?"}
	for format, want := range map[string]struct{ begins, state string }{
		Nygard:   {"# 12. Cells hold 800 tenants\n\nDate: 2026-03-12\n\n## Status\n\nProposed\n\n## Context\n\nHow large?\n\nIt touches `a.b`.\n\n## Decision\n", Open},
		MADR:     {"---\nstatus: proposed\ndate: 2026-03-12\ndecision-makers: [Ada <ada@lumen.example>]\ntouches: [a.b]\nbreakouts: [cells]\n---\n# Cells hold 800 tenants\n\n## Context and Problem Statement\n\nHow large?\n", Open},
		Markdown: {"---\nnumber: \"0012\"\ntitle: Cells hold 800 tenants\nstate: drafting\n", Drafting},
	} {
		d.Format = format
		src, err := d.Bytes()
		if err != nil || !strings.HasPrefix(string(src), want.begins) {
			t.Fatalf("%s: %v\n%s", format, err, src)
		}
		got, problems := Parse("adr/0012-cells.md", src)
		if format == Markdown {
			format = RFD
		}
		if len(problems) > 0 || got.Format != format || got.Number != "0012" || got.Title != d.Title || got.State != want.state || got.Date != d.Date {
			t.Errorf("%+v\n%v", got, problems)
		}
	}
	d.Title = "Two\nlines"
	if _, err := d.Bytes(); err == nil {
		t.Error("a title of two lines was written")
	}
}

func TestUsualFormat(t *testing.T) {
	of := func(formats ...string) (all []Decision) {
		for _, f := range formats {
			all = append(all, Decision{Format: f})
		}
		return all
	}
	for want, all := range map[string][]Decision{RFD: nil, MADR: of(Nygard, MADR, MADR), Nygard: of(Nygard, Nygard, RFD)} {
		if got := UsualFormat(all); got != want {
			t.Errorf("%v: %s, want %s", all, got, want)
		}
	}
}

// TestDraftIsReadBack: whatever people call it, a draft is a decision without problems.
func TestDraftIsReadBack(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		d := Draft{
			Number: NextNumber([]Decision{{Number: "0011"}, {Number: ""}, {Number: "7"}}), Date: "2026-03-12",
			Title:   rapid.StringMatching(`[A-Za-z"':#\[{&*!|>%@-][A-Za-z0-9 "':#\[{]{0,20}[a-z]`).Draw(t, "title"),
			Authors: []string{"Ada <ada@lumen.example>"}, Touches: []string{"a.b", "a -> b: x"}, Breakouts: []string{"blast-radius"},
			Context: rapid.SampledFrom([]string{"", "---\nnot: front matter\n---", "# RFD 1: x"}).Draw(t, "context"),
		}
		src, err := d.Bytes()
		if err != nil {
			t.Fatal(err)
		}
		got, problems := Parse("decisions/0012-x.md", src)
		if len(problems) > 0 || got.Number != "0012" || got.Title != d.Title || got.State != Drafting || got.Format != RFD ||
			!reflect.DeepEqual(got.Authors, d.Authors) || !reflect.DeepEqual(got.Touches, d.Touches) || !reflect.DeepEqual(got.Breakouts, d.Breakouts) {
			t.Fatalf("%+v\n%v\n%s", got, problems, src)
		}
	})
}
