package history

import (
	"cmp"
	"fmt"
	"path/filepath"
	"strings"
	"time"
)

// identityHint says how to become somebody.
const identityHint = `git config --global user.name "Your Name" and git config --global user.email you@example.com, or --author "Your Name <you@example.com>"`

// Author is a person as git knows one.
type Author struct {
	Name string
	Mail string
}

// String is the form that ParseAuthor reads.
func (a Author) String() string { return a.Name + " <" + a.Mail + ">" }

// ParseAuthor reads "Name <mail>".
func ParseAuthor(text string) (Author, error) {
	name, rest, ok := strings.Cut(text, "<")
	mail, after, closed := strings.Cut(rest, ">")
	a := Author{clean(name), clean(mail)}
	if !ok || !closed || strings.TrimSpace(after) != "" || a.Name == "" || a.Mail == "" {
		return Author{}, &Error{
			What: fmt.Sprintf("author %q is not of the form NAME <MAIL>", text),
			Hint: `write --author "Your Name <you@example.com>"`,
		}
	}
	return a, nil
}

// signature is a person at a time, as objects hold it.
type signature struct {
	Author
	when time.Time
}

// String is git's form of it: name, mail, seconds since 1970 and the zone.
func (s signature) String() string {
	return fmt.Sprintf("%s <%s> %d %s", clean(s.Name), clean(s.Mail), s.when.Unix(), s.when.Format("-0700"))
}

// clean drops what git drops from names and addresses: angle brackets and line
// breaks anywhere, and blanks and punctuation around.
func clean(s string) string {
	s = strings.Map(func(r rune) rune {
		if r == '<' || r == '>' || r == '\n' || r == '\r' || r == 0 {
			return -1
		}
		return r
	}, s)
	return strings.TrimFunc(s, func(r rune) bool { return r <= ' ' || strings.ContainsRune(`.,:;"\'`, r) })
}

// checkAuthor refuses an author under whom git would not commit either.
func checkAuthor(a Author) error {
	if clean(a.Name) != "" {
		return nil
	}
	return &Error{What: "commit without a name", Hint: identityHint, Err: ErrNoIdentity}
}

// Identity is who commits, as git itself would resolve it: GIT_AUTHOR_NAME and
// GIT_AUTHOR_EMAIL, then author.* and user.* of all of git's configuration files
// with what they include, then EMAIL unless user.useConfigOnly is set. Unlike git
// it never makes an address up from the machine's name. env reads the environment;
// home is the user's folder, or "".
func (s *Store) Identity(env func(string) string, home string) (Author, error) {
	head, err := s.Head()
	if err != nil {
		return Author{}, err
	}
	from := surroundings{env, home, s.loc.gitDir, head.Branch}
	c, err := from.userConfig()
	if err != nil {
		return Author{}, err
	}
	local, err := s.loc.config(from)
	if err != nil {
		return Author{}, err
	}
	return from.identity(append(append(c, local...), from.envConfig()...))
}

func (s surroundings) identity(c config) (Author, error) {
	fallback := s.env("EMAIL")
	if c.flag("user.useconfigonly", false) {
		fallback = ""
	}
	a := Author{
		Name: cmp.Or(s.env("GIT_AUTHOR_NAME"), c.get("author.name"), c.get("user.name")),
		Mail: cmp.Or(s.env("GIT_AUTHOR_EMAIL"), c.get("author.email"), c.get("user.email"), fallback),
	}
	a = Author{clean(a.Name), clean(a.Mail)}
	if a.Name == "" || a.Mail == "" {
		return Author{}, &Error{What: "find out who you are", Hint: identityHint, Err: ErrNoIdentity}
	}
	return a, nil
}

// DefaultBranch is the branch that a new repository starts on: init.defaultBranch
// of the user's configuration, or main.
func DefaultBranch(env func(string) string, home string) string {
	c, err := surroundings{env: env, home: home}.userConfig()
	if err != nil {
		return "main"
	}
	return cmp.Or(c.get("init.defaultbranch"), "main")
}

// config is the repository's own configuration, and the working tree's where it
// has one of its own.
func (l location) config(from surroundings) (config, error) {
	c, err := from.readConfig(filepath.Join(l.common, "config"), 0)
	if err != nil || !c.flag("extensions.worktreeconfig", false) {
		return c, err
	}
	own, err := from.readConfig(filepath.Join(l.gitDir, "config.worktree"), 0)
	return append(c, own...), err
}
