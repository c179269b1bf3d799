package history

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
)

// maxIncludes bounds how deep configuration files include each other, as git does.
const maxIncludes = 10

// setting is one line of git's configuration: the key is section.name or
// section.subsection.name, with section and name in lower case.
type setting struct {
	key, value string
}

// config is git's configuration in the order in which git reads it; of a key that
// is set twice the last holds.
type config []setting

func (c config) get(key string) string {
	value, _ := c.lookup(key)
	return value
}

func (c config) lookup(key string) (string, bool) {
	for i := len(c) - 1; i >= 0; i-- {
		if c[i].key == key {
			return c[i].value, true
		}
	}
	return "", false
}

// flag reads a boolean as git does: a name alone is true, and so are yes, on and 1.
func (c config) flag(key string, unset bool) bool {
	value, ok := c.lookup(key)
	if !ok {
		return unset
	}
	switch strings.ToLower(value) {
	case "true", "yes", "on":
		return true
	case "false", "no", "off", "":
		return false
	}
	n, err := strconv.Atoi(value)
	return err == nil && n != 0
}

// surroundings are what a configuration may depend on.
type surroundings struct {
	env    func(string) string
	home   string
	gitDir string
	branch string // short name; "" when detached
}

// userConfig reads the system's and the user's configuration, where git looks for
// them: GIT_CONFIG_SYSTEM, GIT_CONFIG_NOSYSTEM, GIT_CONFIG_GLOBAL,
// XDG_CONFIG_HOME and the home folder.
func (s surroundings) userConfig() (config, error) {
	var all config
	for _, name := range append(s.systemFiles(), s.globalFiles()...) {
		part, err := s.readConfig(name, 0)
		if err != nil {
			return nil, err
		}
		all = append(all, part...)
	}
	return all, nil
}

func (s surroundings) systemFiles() []string {
	if (config{{"x.x", s.env("GIT_CONFIG_NOSYSTEM")}}).flag("x.x", false) {
		return nil
	}
	if name := s.env("GIT_CONFIG_SYSTEM"); name != "" {
		return []string{name}
	}
	if dir := s.env("PROGRAMFILES"); dir != "" {
		return []string{filepath.Join(dir, "Git", "etc", "gitconfig")}
	}
	return []string{"/etc/gitconfig"}
}

func (s surroundings) globalFiles() []string {
	if name := s.env("GIT_CONFIG_GLOBAL"); name != "" {
		return []string{name}
	}
	var names []string
	if xdg := s.env("XDG_CONFIG_HOME"); xdg != "" {
		names = append(names, filepath.Join(xdg, "git", "config"))
	} else if s.home != "" {
		names = append(names, filepath.Join(s.home, ".config", "git", "config"))
	}
	if s.home != "" {
		names = append(names, filepath.Join(s.home, ".gitconfig"))
	}
	return names
}

// envConfig is what GIT_CONFIG_COUNT, GIT_CONFIG_KEY_n and GIT_CONFIG_VALUE_n add.
func (s surroundings) envConfig() config {
	count, _ := strconv.Atoi(s.env("GIT_CONFIG_COUNT"))
	var c config
	for i := range min(count, 1000) {
		n := strconv.Itoa(i)
		c = append(c, setting{foldKey(s.env("GIT_CONFIG_KEY_" + n)), s.env("GIT_CONFIG_VALUE_" + n)})
	}
	return c
}

// readConfig reads one file and, in place, what it includes. A missing file is
// empty.
func (s surroundings) readConfig(name string, depth int) (config, error) {
	src, err := os.ReadFile(name)
	if errors.Is(err, fs.ErrNotExist) || errors.Is(err, fs.ErrPermission) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("read git's configuration %q: %w", name, err)
	}
	lines, err := parseConfig(string(src))
	if err != nil {
		return nil, fmt.Errorf("read git's configuration %q: %w", name, err)
	}
	var all config
	for _, line := range lines {
		all = append(all, line)
		if !s.includes(line.key, name) {
			continue
		}
		if depth == maxIncludes {
			return nil, fmt.Errorf("read git's configuration %q: more than %d levels of include.path", name, maxIncludes)
		}
		included, err := s.readConfig(absoluteFrom(filepath.Dir(name), s.expandHome(line.value)), depth+1)
		if err != nil {
			return nil, err
		}
		all = append(all, included...)
	}
	return all, nil
}

func (s surroundings) expandHome(name string) string {
	if rest, ok := strings.CutPrefix(name, "~/"); ok && s.home != "" {
		return filepath.Join(s.home, rest)
	}
	return name
}

// includes reports whether the key, found in the file, includes another: always
// for include.path, by its condition for includeIf.CONDITION.path.
func (s surroundings) includes(key, file string) bool {
	if key == "include.path" {
		return true
	}
	rest, ok := strings.CutPrefix(key, "includeif.")
	condition, isPath := strings.CutSuffix(rest, ".path")
	if !ok || !isPath {
		return false
	}
	kind, pattern, _ := strings.Cut(condition, ":")
	switch kind {
	case "gitdir":
		return s.matchesGitDir(pattern, file, "")
	case "gitdir/i":
		return s.matchesGitDir(pattern, file, "(?i)")
	case "onbranch":
		return s.branch != "" && wildmatch(openEnded(pattern), s.branch, "")
	}
	return false
}

func (s surroundings) matchesGitDir(pattern, file, flags string) bool {
	switch {
	case s.gitDir == "":
		return false
	case strings.HasPrefix(pattern, "~/"):
		pattern = filepath.ToSlash(s.home) + pattern[1:]
	case strings.HasPrefix(pattern, "./"):
		pattern = filepath.ToSlash(filepath.Dir(file)) + pattern[1:]
	case !filepath.IsAbs(filepath.FromSlash(pattern)):
		pattern = "**/" + pattern
	}
	return wildmatch(openEnded(pattern), filepath.ToSlash(s.gitDir), flags)
}

// openEnded gives a pattern that ends in a slash everything below it.
func openEnded(pattern string) string {
	if strings.HasSuffix(pattern, "/") {
		return pattern + "**"
	}
	return pattern
}

// wildmatch matches as git does for paths: * and ? stop at a slash, ** does not.
func wildmatch(pattern, text, flags string) bool {
	var b strings.Builder
	b.WriteString(flags + "^")
	for i := 0; i < len(pattern); i++ {
		switch rest := pattern[i:]; {
		case strings.HasPrefix(rest, "**/"):
			b.WriteString("(?:.*/)?")
			i += 2
		case strings.HasPrefix(rest, "**"):
			b.WriteString(".*")
			i++
		case rest[0] == '*':
			b.WriteString("[^/]*")
		case rest[0] == '?':
			b.WriteString("[^/]")
		default:
			b.WriteString(regexp.QuoteMeta(rest[:1]))
		}
	}
	matched, err := regexp.MatchString(b.String()+"$", text)
	return err == nil && matched
}

// parseConfig reads the syntax of git-config(1): sections, quoting, escapes,
// comments and continued lines.
func parseConfig(src string) (config, error) {
	var c config
	section := ""
	src = strings.TrimPrefix(src, "\ufeff")
	for number, rest := 1, src; rest != ""; {
		line, tail, lines := logicalLine(rest)
		rest = tail
		line = strings.TrimLeft(line, " \t\r")
		if strings.HasPrefix(line, "[") {
			name, after, err := parseSection(line)
			if err != nil {
				return nil, fmt.Errorf("line %d: %w", number, err)
			}
			section, line = name, strings.TrimLeft(after, " \t\r")
		}
		if line != "" && line[0] != '#' && line[0] != ';' {
			entry, err := parseSetting(section, line)
			if err != nil {
				return nil, fmt.Errorf("line %d: %w", number, err)
			}
			c = append(c, entry)
		}
		number += lines
	}
	return c, nil
}

// logicalLine takes one line off src, joined with those that a backslash at its
// end continues, and counts them.
func logicalLine(src string) (line, rest string, lines int) {
	var b strings.Builder
	for {
		part, tail, _ := strings.Cut(src, "\n")
		lines++
		part = strings.TrimSuffix(part, "\r")
		if !continued(part) || tail == "" {
			b.WriteString(part)
			return b.String(), tail, lines
		}
		b.WriteString(part[:len(part)-1])
		src = tail
	}
}

// continued reports whether the line ends in a backslash that is not escaped.
func continued(line string) bool {
	backslashes := len(line) - len(strings.TrimRight(line, `\`))
	return backslashes%2 == 1
}

func parseSection(line string) (name, rest string, err error) {
	end, quoted := -1, false
	for i := 1; i < len(line) && end < 0; i++ {
		switch {
		case line[i] == '\\' && quoted:
			i++
		case line[i] == '"':
			quoted = !quoted
		case line[i] == ']' && !quoted:
			end = i
		}
	}
	if end < 0 {
		return "", "", fmt.Errorf("section %q is not closed", line)
	}
	section, sub, hasSub := strings.Cut(line[1:end], "\"")
	name = strings.ToLower(strings.TrimSpace(section))
	if hasSub {
		name += "." + unescapeSubsection(strings.TrimSuffix(sub, "\""))
	}
	return name, line[end+1:], nil
}

func unescapeSubsection(s string) string {
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		if s[i] == '\\' && i+1 < len(s) {
			i++
		}
		b.WriteByte(s[i])
	}
	return b.String()
}

func parseSetting(section, line string) (setting, error) {
	end := strings.IndexFunc(line, func(r rune) bool { return r == '=' || r == '#' || r == ';' || r == ' ' || r == '\t' })
	if end < 0 {
		end = len(line)
	}
	if section == "" || end == 0 {
		return setting{}, fmt.Errorf("%q is not a setting", line)
	}
	key := section + "." + strings.ToLower(line[:end])
	rest := strings.TrimLeft(line[end:], " \t")
	if !strings.HasPrefix(rest, "=") {
		return setting{key, "true"}, nil
	}
	value, err := parseValue(strings.TrimLeft(rest[1:], " \t"))
	return setting{key, value}, err
}

// parseValue drops quotes, comments and the blanks around, and resolves escapes.
func parseValue(s string) (string, error) {
	var b strings.Builder
	quoted, keep := false, 0
	for i := 0; i < len(s); i++ {
		switch ch := s[i]; {
		case ch == '\\' && i+1 < len(s):
			i++
			plain, ok := map[byte]byte{'n': '\n', 't': '\t', 'b': '\b', '\\': '\\', '"': '"'}[s[i]]
			if !ok {
				return "", fmt.Errorf("unknown escape \\%c", s[i])
			}
			b.WriteByte(plain)
			keep = b.Len()
		case ch == '"':
			quoted = !quoted
			keep = b.Len()
		case (ch == '#' || ch == ';') && !quoted:
			return b.String()[:keep], nil
		default:
			b.WriteByte(ch)
			if quoted || ch != ' ' && ch != '\t' {
				keep = b.Len()
			}
		}
	}
	if quoted {
		return "", errors.New("a quote is not closed")
	}
	return b.String()[:keep], nil
}

// foldKey brings section and name of a key to lower case; a subsection between
// them keeps its letters.
func foldKey(key string) string {
	first, last := strings.IndexByte(key, '.'), strings.LastIndexByte(key, '.')
	if first < 0 {
		return strings.ToLower(key)
	}
	return strings.ToLower(key[:first]) + key[first:last] + strings.ToLower(key[last:])
}
