package main

import (
	"fmt"
	"net/url"
	"os"
	"path"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"github.com/archsync/archsync/internal/diagram"
	"github.com/archsync/archsync/internal/history"
)

func (v *invocation) diagramOpenCommand() *cobra.Command {
	var at, name string
	var opt diagram.RenderOptions
	cmd := &cobra.Command{
		Use:   "open [FILE.d2]",
		Short: "draw a diagram and look at it in the browser",
		Long: `Draws a diagram as SVG into a temporary file, which the browser opens and the
system clears away some day. Without FILE.d2 it is the architecture of the log;
--diagram names another one of its diagrams.`,
		Example: `  archsync diagram open
  archsync diagram open --at 2026-03-12
  archsync diagram open some/file.d2 --dark`,
		Args:              argsBetween(0, 1),
		ValidArgsFunction: completeD2,
		RunE: func(_ *cobra.Command, args []string) error {
			return v.diagramOpen(argument(args, 0), at, name, opt)
		},
	}
	drawingFlags(cmd, &opt)
	v.atFlag(cmd, &at)
	diagramFlag(cmd, &name)
	return cmd
}

func (v *invocation) diagramOpen(file, at, name string, opt diagram.RenderOptions) error {
	if err := checkEngine(opt); err != nil {
		return err
	}
	svg, figure, err := v.drawFigure(file, at, name, opt)
	if err != nil {
		return err
	}
	picture, err := writeTemporary(strings.TrimSuffix(path.Base(figure), ".d2"), svg)
	if err != nil {
		return fmt.Errorf("write the picture: %w", err)
	}
	if err := v.browse(fileURL(picture)); err != nil {
		return &history.Error{What: err.Error(), Hint: "the picture is " + picture}
	}
	v.printf("Opened %s\n", picture)
	return nil
}

// writeTemporary writes a picture where only its user can read it. It stays: the
// browser reads it when this program has ended.
func writeTemporary(name string, svg []byte) (string, error) {
	f, err := os.CreateTemp("", "archsync-*-"+name+".svg")
	if err != nil {
		return "", err
	}
	if _, err := f.Write(svg); err != nil {
		_ = f.Close()
		return "", err
	}
	return f.Name(), f.Close()
}

// fileURL is the address of a file: an absolute path, with or without a drive.
func fileURL(file string) string {
	slashed := filepath.ToSlash(file)
	if !strings.HasPrefix(slashed, "/") {
		slashed = "/" + slashed
	}
	return (&url.URL{Scheme: "file", Path: slashed}).String()
}
