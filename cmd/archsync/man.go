package main

import (
	"bytes"
	"fmt"
	"os"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/archsync/archsync/internal/atomicfile"
)

func (v *invocation) manCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "man [DIR]",
		Short: "the manual pages",
		Long: `Prints the manual page archsync(1). With DIR it writes that page and those of all
verbs into the folder, which is made if it is not there.`,
		Example: `  archsync man | man -l -
  archsync man ~/.local/share/man/man1`,
		Args: argsBetween(0, 1),
		RunE: func(cmd *cobra.Command, args []string) error { return v.man(cmd.Root(), argument(args, 0)) },
	}
}

func (v *invocation) man(root *cobra.Command, dir string) error {
	if dir == "" {
		_, err := v.out.Write(v.manPage(root))
		return err
	}
	at := v.path(dir)
	if err := os.MkdirAll(at, 0o755); err != nil {
		return &usageError{what: fmt.Sprintf("%q cannot be a folder", dir), hint: "name a folder for the pages"}
	}
	folder, err := os.OpenRoot(at)
	if err != nil {
		return fmt.Errorf("write manual pages: %w", err)
	}
	defer folder.Close()
	n, err := v.manPages(folder, root)
	if err != nil {
		return fmt.Errorf("write manual pages: %w", err)
	}
	v.printf("Wrote %s to %s\n", plural(n, "page", "pages"), dir)
	return nil
}

// manPages writes the page of a verb and of those below it, and counts them.
func (v *invocation) manPages(folder *os.Root, cmd *cobra.Command) (int, error) {
	if err := atomicfile.Write(folder, manName(cmd)+".1", v.manPage(cmd), atomicfile.Options{NoSync: true}); err != nil {
		return 0, err
	}
	written := 1
	for _, c := range cmd.Commands() {
		if c.Hidden {
			continue
		}
		n, err := v.manPages(folder, c)
		written += n
		if err != nil {
			return written, err
		}
	}
	return written, nil
}

// manPage is a verb's page in roff, with the macros of man(7). It says what the
// help says.
func (v *invocation) manPage(cmd *cobra.Command) []byte {
	p := &page{}
	name := manName(cmd)
	p.line(".TH %s 1 %q archsync %q", strings.ToUpper(name), v.now().UTC().Format("2006-01-02"), "archsync manual")
	p.section("NAME", name+" - "+cmd.Short+"\n")
	p.section("SYNOPSIS", strings.TrimSuffix(cmd.UseLine(), " [flags]")+"\n")
	p.section("DESCRIPTION", longOrShort(cmd))
	if verbs := listVerbs(cmd); verbs != "" && cmd.HasParent() {
		p.section("VERBS", verbs)
	}
	p.options("OPTIONS", cmd.LocalFlags())
	p.options("OPTIONS OF EVERY VERB", cmd.InheritedFlags())
	if cmd.Example != "" {
		p.section("EXAMPLES", cmd.Example+"\n")
	}
	var others []string
	if cmd.HasParent() {
		others = append(others, manName(cmd.Parent())+"(1)")
	}
	for _, c := range cmd.Commands() {
		if !c.Hidden {
			others = append(others, manName(c)+"(1)")
		}
	}
	if len(others) > 0 {
		p.section("SEE ALSO", strings.Join(others, ", ")+"\n")
	}
	return p.Bytes()
}

// manName is a verb's name as a manual page has it: archsync-diagram-show.
func manName(cmd *cobra.Command) string { return strings.ReplaceAll(cmd.CommandPath(), " ", "-") }

// page is a manual page while it is written.
type page struct{ bytes.Buffer }

func (p *page) line(format string, operands ...any) { fmt.Fprintf(p, format+"\n", operands...) }

// section writes a heading and a text: indented lines as they are, others filled.
func (p *page) section(title, text string) {
	p.line(".SH %s", title)
	verbatim := false
	for line := range strings.Lines(text) {
		line = strings.TrimRight(line, "\n")
		indented := strings.HasPrefix(line, "  ")
		switch {
		case indented && !verbatim:
			p.line(".PP\n.nf")
		case !indented && verbatim:
			p.line(".fi")
		}
		verbatim = indented
		if line == "" {
			p.line(".PP")
			continue
		}
		p.line("%s", roff(line))
	}
	if verbatim {
		p.line(".fi")
	}
}

// options writes the flags of a set.
func (p *page) options(title string, flags *pflag.FlagSet) {
	first := true
	flags.VisitAll(func(f *pflag.Flag) {
		if f.Hidden || f.Name == "help" {
			return
		}
		if first {
			p.line(".SH %s", title)
			first = false
		}
		value, usage := pflag.UnquoteUsage(f)
		p.line(".TP")
		short := ""
		if f.Shorthand != "" {
			short = `\fB\-` + f.Shorthand + `\fR, `
		}
		p.line(`%s\fB\-\-%s\fR%s`, short, roff(f.Name), prefixed(" ", italic(value)))
		p.line("%s", roff(usage))
	})
}

func italic(s string) string {
	if s == "" {
		return ""
	}
	return `\fI` + roff(s) + `\fR`
}

// roff is a text that roff shows as it is.
func roff(s string) string {
	s = strings.NewReplacer(`\`, `\e`, "-", `\-`).Replace(s)
	if strings.HasPrefix(s, ".") || strings.HasPrefix(s, "'") {
		s = `\&` + s
	}
	return s
}
