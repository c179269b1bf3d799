package history

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestParseAuthor(t *testing.T) {
	good := map[string]Author{
		"Ada Lovelace <ada@example.com>":   ada,
		" Ada Lovelace<ada@example.com> ":  ada,
		`"Ada Lovelace" <ada@example.com>`: ada,
	}
	for text, want := range good {
		if got, err := ParseAuthor(text); err != nil || got != want {
			t.Errorf("ParseAuthor(%q) = %v, %v", text, got, err)
		}
	}
	for _, text := range []string{"", "Ada", "<ada@example.com>", "Ada <>", "Ada <ada@example.com", "Ada <a@b> more"} {
		if _, err := ParseAuthor(text); err == nil || Hint(err) == "" {
			t.Errorf("ParseAuthor(%q) succeeded", text)
		}
	}
}

// Every way in which git is told who somebody is, and git's own answer where it
// is there.
func TestIdentity(t *testing.T) {
	cases := map[string]struct {
		files map[string]string // HOME/… and GIT/… (the repository's folder)
		env   map[string]string
		want  string // "" for none
	}{
		"nobody":          {nil, nil, ""},
		"home":            {map[string]string{"HOME/.gitconfig": "[user]\n\tname = Ada\n\temail = ada@example.com\n"}, nil, "Ada <ada@example.com>"},
		"xdg in home":     {map[string]string{"HOME/.config/git/config": "[user]\nname=Ada\nemail=x@example.com"}, nil, "Ada <x@example.com>"},
		"home over xdg":   {map[string]string{"HOME/.config/git/config": "[user]\nname=Ada\nemail=x@example.com", "HOME/.gitconfig": "[user]\nemail=home@example.com"}, nil, "Ada <home@example.com>"},
		"xdg elsewhere":   {map[string]string{"HOME/x/git/config": "[user]\nname=Ada\nemail=x@example.com"}, map[string]string{"XDG_CONFIG_HOME": "HOME/x"}, "Ada <x@example.com>"},
		"global by name":  {map[string]string{"HOME/.gitconfig": "[user]\nname=No", "HOME/other": "[user]\nname=Ada\nemail=o@example.com"}, map[string]string{"GIT_CONFIG_GLOBAL": "HOME/other"}, "Ada <o@example.com>"},
		"system":          {map[string]string{"HOME/system": "[user]\nname=Ada\nemail=s@example.com"}, map[string]string{"GIT_CONFIG_SYSTEM": "HOME/system", "GIT_CONFIG_NOSYSTEM": ""}, "Ada <s@example.com>"},
		"no system":       {map[string]string{"HOME/system": "[user]\nname=Ada\nemail=s@example.com"}, map[string]string{"GIT_CONFIG_SYSTEM": "HOME/system", "GIT_CONFIG_NOSYSTEM": "1"}, ""},
		"local":           {map[string]string{"HOME/.gitconfig": "[user]\nname=Ada\nemail=h@example.com", "GIT/config": "[core]\nbare = false\n[user]\nemail = local@example.com"}, nil, "Ada <local@example.com>"},
		"worktree":        {map[string]string{"GIT/config": "[core]\nrepositoryformatversion = 1\n[extensions]\nworktreeConfig\n[user]\nname=Ada\nemail=l@example.com", "GIT/config.worktree": "[user]\nemail=w@example.com"}, nil, "Ada <w@example.com>"},
		"author":          {map[string]string{"HOME/.gitconfig": "[user]\nname=Ada\nemail=h@example.com\n[author]\nemail=a@example.com"}, nil, "Ada <a@example.com>"},
		"environment":     {map[string]string{"HOME/.gitconfig": "[user]\nname=No\nemail=h@example.com"}, map[string]string{"GIT_AUTHOR_NAME": "Ada", "GIT_AUTHOR_EMAIL": "e@example.com"}, "Ada <e@example.com>"},
		"EMAIL":           {map[string]string{"HOME/.gitconfig": "[user]\nname=Ada"}, map[string]string{"EMAIL": "m@example.com"}, "Ada <m@example.com>"},
		"useConfigOnly":   {map[string]string{"HOME/.gitconfig": "[user]\nname=Ada\nuseConfigOnly = yes"}, map[string]string{"EMAIL": "m@example.com"}, ""},
		"numbered":        {nil, map[string]string{"GIT_CONFIG_COUNT": "2", "GIT_CONFIG_KEY_0": "user.name", "GIT_CONFIG_VALUE_0": "Ada", "GIT_CONFIG_KEY_1": "USER.Email", "GIT_CONFIG_VALUE_1": "n@example.com"}, "Ada <n@example.com>"},
		"include":         {map[string]string{"HOME/.gitconfig": "[include]\npath = more/mine\n", "HOME/more/mine": "[user]\nname=Ada\nemail=i@example.com"}, nil, "Ada <i@example.com>"},
		"include home":    {map[string]string{"HOME/.gitconfig": "[include]\npath = ~/mine\n[user]\nname = Ada", "HOME/mine": "[user]\nname=No\nemail=i@example.com"}, nil, "Ada <i@example.com>"},
		"include missing": {map[string]string{"HOME/.gitconfig": "[user]\nname=Ada\nemail=a@example.com\n[include]\npath = none"}, nil, "Ada <a@example.com>"},
		"gitdir":          {map[string]string{"HOME/.gitconfig": "[user]\nname=Ada\nemail=no@example.com\n[includeIf \"gitdir:work/\"]\npath=mine", "HOME/mine": "[user]\nemail=work@example.com"}, nil, "Ada <work@example.com>"},
		"gitdir home":     {map[string]string{"HOME/.gitconfig": "[user]\nname=Ada\nemail=no@example.com\n[includeIf \"gitdir:~/work/**\"]\npath=mine", "HOME/mine": "[user]\nemail=work@example.com"}, nil, "Ada <work@example.com>"},
		"gitdir other":    {map[string]string{"HOME/.gitconfig": "[user]\nname=Ada\nemail=yes@example.com\n[includeIf \"gitdir:play/\"]\npath=mine", "HOME/mine": "[user]\nemail=work@example.com"}, nil, "Ada <yes@example.com>"},
		"gitdir case":     {map[string]string{"HOME/.gitconfig": "[user]\nname=Ada\nemail=no@example.com\n[includeIf \"gitdir/i:WORK/\"]\npath=mine", "HOME/mine": "[user]\nemail=work@example.com"}, nil, "Ada <work@example.com>"},
		"onbranch":        {map[string]string{"HOME/.gitconfig": "[user]\nname=Ada\nemail=no@example.com\n[includeIf \"onbranch:ma*\"]\npath=mine", "HOME/mine": "[user]\nemail=branch@example.com"}, nil, "Ada <branch@example.com>"},
		"syntax": {map[string]string{"HOME/.gitconfig": "\ufeff# a comment\n[user] name = \"Ada # L\" \\\n  ovelace ; rest\n\temail=ada@\\\nexample.com # more\n[other \"sub\\\"section\"]\nflag\n"}, nil,
			"Ada # L   ovelace <ada@example.com>"},
		"odd characters": {map[string]string{"HOME/.gitconfig": "[user]\nname = \"<Ada>, \"\nemail = \"<ada@example.com>\""}, nil, "Ada <ada@example.com>"},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			home := t.TempDir()
			home, _ = filepath.EvalSymlinks(home)
			r := newRepoIn(t, filepath.Join(home, "work", "repo"))
			place := strings.NewReplacer("HOME", home, "GIT", filepath.Join(r.Root(), ".git"))
			for file, text := range c.files {
				file = filepath.FromSlash(place.Replace(file))
				os.MkdirAll(filepath.Dir(file), 0o755)
				os.WriteFile(file, []byte(text), 0o644)
			}
			env := map[string]string{"GIT_CONFIG_NOSYSTEM": "1"}
			for key, value := range c.env {
				env[key] = strings.ReplaceAll(value, "HOME", home)
			}
			got, err := r.Identity(func(key string) string { return env[key] }, home)
			if c.want == "" {
				if !errors.Is(err, ErrNoIdentity) || !strings.Contains(Hint(err), "--author") {
					t.Errorf("Identity() = %v, %v", got, err)
				}
				return
			}
			if err != nil || got.String() != c.want {
				t.Errorf("Identity() = %v, %v; want %s", got, err, c.want)
			}
			compareIdentity(t, r, home, env, c.want)
		})
	}
}

// compareIdentity asks git the same.
func compareIdentity(t *testing.T, r *repo, home string, env map[string]string, want string) {
	if !hasGit() {
		return
	}
	list := []string{"HOME=" + home, "PATH=" + os.Getenv("PATH")}
	for key, value := range env {
		list = append(list, key+"="+value)
	}
	out, err := gitWith(r.Root(), list, "var", "GIT_AUTHOR_IDENT")
	if err != nil || !strings.HasPrefix(out, want+" ") {
		t.Errorf("git says %q, %v; want %q", out, err, want)
	}
}

func TestDefaultBranch(t *testing.T) {
	home := t.TempDir()
	none := func(key string) string { return map[string]string{"GIT_CONFIG_NOSYSTEM": "1"}[key] }
	if got := DefaultBranch(none, home); got != "main" {
		t.Errorf("it is %q", got)
	}
	os.WriteFile(filepath.Join(home, ".gitconfig"), []byte("[init]\ndefaultBranch = trunk\n"), 0o644)
	if got := DefaultBranch(none, home); got != "trunk" {
		t.Errorf("it is %q", got)
	}
}

func TestIncludeLoop(t *testing.T) {
	home := t.TempDir()
	os.WriteFile(filepath.Join(home, ".gitconfig"), []byte("[include]\npath = .gitconfig\n"), 0o644)
	r := newRepo(t)
	if _, err := r.Identity(func(string) string { return "" }, home); err == nil {
		t.Error("a loop of includes has no end")
	}
}

func FuzzParseConfig(f *testing.F) {
	for _, seed := range []string{"[a]\nb=c\n", "[a \"b\"]\nc", "[a", "b=c", "[a]b=\"c", "[a]\nb=c\\\n\\\n", "\ufeff[a]b=\\x"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, src string) {
		c, err := parseConfig(src)
		for _, s := range c {
			if !strings.Contains(s.key, ".") {
				t.Errorf("key %q of %q (%v)", s.key, src, err)
			}
		}
	})
}
