package tui

import (
	"io"
	"strings"

	"github.com/charmbracelet/lipgloss"

	"github.com/archsync/archsync/internal/change"
)

// role is what a span is, which a theme turns into how it looks.
type role uint8

const (
	roleText   role = iota
	roleStrong      // names of things
	roleMuted       // what stands beside them
	roleFaint       // what only helps to find one's way
	roleRule        // lines of the frame
	roleAccent      // where the user is
	roleAdded
	roleRemoved
	roleChanged
	roleMoved
	roleWarn  // late, slipped, unsaved
	roleError // what failed
	rolePast  // the frame of the past
	roleBadge // PAST itself
	roleKey   // a key to press
	roles

	onSelection role = 1 << 7 // set beside a role: on the ground of what is selected
)

// palette says which colours a theme has for the meanings that there are. Colours
// are hexadecimal; the terminal's profile takes the nearest that it has.
type palette struct {
	muted, faint, rule, accent     lipgloss.Color
	added, removed, changed, moved lipgloss.Color
	warn, past, onPast             lipgloss.Color
	selection                      lipgloss.Color
}

// darkPalette is for light text on a dark ground.
func darkPalette() palette {
	return palette{
		muted: "#9aa4b2", faint: "#68717f", rule: "#414957", accent: "#7fb4ff",
		added: "#86c98d", removed: "#ee7d7d", changed: "#e6c274", moved: "#c5a3f5",
		warn: "#f0a35e", past: "#ff5f5f", onPast: "#1b0b0b",
		selection: "#2b3444",
	}
}

// lightPalette is for dark text on a light ground.
func lightPalette() palette {
	return palette{
		muted: "#57606a", faint: "#87909a", rule: "#c5ccd4", accent: "#0b5cad",
		added: "#1a7a36", removed: "#b3261e", changed: "#8a5a00", moved: "#7440b0",
		warn: "#b35900", past: "#c4001d", onPast: "#ffffff",
		selection: "#dbe8fa",
	}
}

// theme draws roles.
type theme struct {
	ascii    bool // of the terminal's characters only those of ASCII
	renderer *lipgloss.Renderer
	palette  palette
	styles   [roles][2]lipgloss.Style // on the ordinary ground, and on a selection
	codes    [roles][2]codes
}

// codes are what a terminal is sent before and after a text of a style.
type codes struct{ before, after string }

func codesOf(s lipgloss.Style) codes {
	const text = "x"
	before, after, _ := strings.Cut(s.Render(text), text)
	return codes{before, after}
}

// newTheme builds the styles of a palette for a terminal.
func newTheme(o Options) *theme {
	r := lipgloss.NewRenderer(io.Discard)
	r.SetColorProfile(o.Profile) // else it is looked up in the environment
	r.SetHasDarkBackground(o.Dark)
	p := lightPalette()
	if o.Dark {
		p = darkPalette()
	}
	t := &theme{ascii: o.ASCII, renderer: r, palette: p}
	for i, style := range buildStyles(r.NewStyle(), p) {
		t.styles[i] = [2]lipgloss.Style{style, style.Background(p.selection)}
		t.codes[i] = [2]codes{codesOf(t.styles[i][0]), codesOf(t.styles[i][1])}
	}
	return t
}

func buildStyles(s lipgloss.Style, p palette) [roles]lipgloss.Style {
	return [roles]lipgloss.Style{
		roleText:    s,
		roleStrong:  s.Bold(true),
		roleMuted:   s.Foreground(p.muted),
		roleFaint:   s.Foreground(p.faint),
		roleRule:    s.Foreground(p.rule),
		roleAccent:  s.Foreground(p.accent).Bold(true),
		roleAdded:   s.Foreground(p.added),
		roleRemoved: s.Foreground(p.removed),
		roleChanged: s.Foreground(p.changed),
		roleMoved:   s.Foreground(p.moved),
		roleWarn:    s.Foreground(p.warn),
		roleError:   s.Foreground(p.removed).Bold(true),
		rolePast:    s.Foreground(p.past),
		roleBadge:   s.Foreground(p.onPast).Background(p.past).Bold(true),
		roleKey:     s.Foreground(p.accent),
	}
}

// draw colours a line. Neighbouring spans of one role are drawn as one.
func (t *theme) draw(l line) string {
	var out strings.Builder
	after := ""
	for i, s := range l {
		if i == 0 || s.role != l[i-1].role {
			c := t.codes[s.role&^onSelection][s.role>>7]
			out.WriteString(after)
			out.WriteString(c.before)
			after = c.after
		}
		out.WriteString(s.text)
	}
	out.WriteString(after)
	return out.String()
}

func (t *theme) style(r role) lipgloss.Style {
	return t.styles[r&^onSelection][r>>7]
}

// markRole is how a kind of change looks, beside its sign.
func markRole(k change.Kind) role {
	switch k {
	case change.Added:
		return roleAdded
	case change.Removed:
		return roleRemoved
	case change.Changed:
		return roleChanged
	case change.Renamed, change.Moved:
		return roleMoved
	}
	return roleText
}

// mark is the sign of a kind of change.
func mark(k change.Kind) span { return say(markRole(k), k.Mark()) }

// countsLine is "+3 -1 ~4 >2" with the colour of each kind.
func countsLine(n change.Counts) line {
	var l line
	for _, part := range []struct {
		kind  change.Kind
		count int
	}{{change.Added, n.Added}, {change.Removed, n.Removed}, {change.Changed, n.Changed}, {change.Moved, n.Renamed + n.Moved}} {
		if part.count == 0 {
			continue
		}
		if len(l) > 0 {
			l = append(l, say(roleText, " "))
		}
		l = append(l, say(markRole(part.kind), part.kind.Mark()+itoa(part.count)))
	}
	return l
}
