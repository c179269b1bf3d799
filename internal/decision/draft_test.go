package decision

import (
	"reflect"
	"testing"

	"pgregory.net/rapid"
)

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
