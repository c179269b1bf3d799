package agenda

import (
	"strings"

	"github.com/archsync/archsync/internal/plain"
)

// notesMark is the beginning of the line under which the notes of people stand in the
// minutes: what is below it is kept when they are computed anew.
const notesMark = "<!-- archsync:notes"

const notesLine = notesMark + ": what is below this line is kept when the minutes are computed anew -->"

// notesOf is what people wrote into a record: what is below the mark, or everything
// where there is none.
func notesOf(body string) string {
	if at := strings.Index(body, notesMark); at >= 0 {
		_, body, _ = strings.Cut(body[at:], "\n")
	}
	return strings.TrimSpace(body)
}

// Markdown is the minutes as the record of the sync holds them.
func (m Minutes) Markdown() string {
	var p page
	p.write("# %s, %s\n\n%s\n", plain.Markdown(m.Title), m.Date, m.Opening)
	if there := m.attendance(); there != "" {
		p.write("\n%s\n", there)
	}
	for _, s := range m.Sections {
		p.heading(s.Title)
		for _, l := range s.Lists {
			lines := make([]string, len(l.Entries))
			for i, e := range l.Entries {
				lines[i] = e.Text
			}
			p.list(l.Title, lines)
		}
		if s.Text != "" {
			p.write("\n%s\n", s.Text)
		}
	}
	if m.Notes != "" {
		p.heading("Notes")
		p.write("\n%s\n\n%s\n", notesLine, m.Notes)
	}
	return p.String()
}

// attendance says who was there, each kind of people on a line.
func (m Minutes) attendance() string {
	var lines []string
	say := func(title string, who ...string) {
		if names := asMarkdown.names(who); names != "" {
			lines = append(lines, "**"+title+"**: "+names)
		}
	}
	say("Host", m.Host)
	say("Present", m.Present...)
	say("Absent", m.Absent...)
	return strings.Join(lines, "\\\n")
}

// Corrected is the text of minutes with a line below its title that says when they
// were corrected; the text itself where they never were.
func Corrected(text string, dates []string) string {
	if len(dates) == 0 {
		return text
	}
	line := "*Corrected on " + plain.Markdown(strings.Join(dates, ", ")) + ".*\n"
	if title, rest, _ := strings.Cut(text, "\n"); strings.HasPrefix(title, "# ") {
		return title + "\n\n" + line + "\n" + strings.TrimLeft(rest, "\r\n")
	}
	return line + "\n" + text
}
