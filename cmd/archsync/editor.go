package main

import (
	"cmp"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"strings"
)

// openEditor gives a file to the editor that the environment names, as git does:
// GIT_EDITOR, VISUAL, EDITOR, else vi.
func openEditor(path string, line int) error {
	fallback := "vi"
	if runtime.GOOS == "windows" {
		fallback = "notepad"
	}
	editor := cmp.Or(os.Getenv("GIT_EDITOR"), os.Getenv("VISUAL"), os.Getenv("EDITOR"), fallback)
	args := editorArgs(editor, path, line)
	var cmd *exec.Cmd
	if runtime.GOOS == "windows" {
		words := append(strings.Fields(editor), args...)
		cmd = exec.Command(words[0], words[1:]...)
	} else {
		cmd = exec.Command("sh", append([]string{"-c", editor + ` "$@"`, editor}, args...)...)
	}
	cmd.Stdin, cmd.Stdout, cmd.Stderr = os.Stdin, os.Stdout, os.Stderr
	if err := cmd.Run(); err != nil {
		return &editorError{editor, err}
	}
	return nil
}

// canEdit refuses to open an editor for nobody: one that fills a terminal would wait
// for keys that no one can press. An editor that the environment names and that needs
// no terminal is somebody's wish.
func (v *invocation) canEdit() error {
	if v.terminal {
		return nil
	}
	editor := cmp.Or(v.getenv("GIT_EDITOR"), v.getenv("VISUAL"), v.getenv("EDITOR"))
	words := strings.Fields(editor)
	if len(words) > 0 && !fillsTerminal(words[0]) {
		return nil
	}
	return &usageError{
		what: "there is no terminal for an editor",
		hint: "give the new values as flags: --title, --status, --owner, --due, --plan, --touches, --decision, --blocked-by, --link, --note, --clear",
	}
}

// fillsTerminal knows the editors that draw on the whole terminal.
func fillsTerminal(program string) bool {
	return slices.Contains([]string{"vi", "vim", "nvim", "nano", "pico", "emacs", "micro", "kak", "joe", "mg", "ne", "hx", "helix"},
		strings.TrimSuffix(filepath.Base(program), ".exe"))
}

// editorError is an editor that did not start, or ended saying that it failed.
type editorError struct {
	editor string
	cause  error
}

func (e *editorError) Error() string { return fmt.Sprintf("open the editor %q: %v", e.editor, e.cause) }

// Hint says how to choose another one.
func (e *editorError) Hint() string {
	return "EDITOR names the editor, such as EDITOR=nano; or give the new values as flags"
}

// editorArgs are the arguments that open a file at a line. An editor of which it is
// not known how it is told a line opens the file alone.
func editorArgs(editor, path string, line int) []string {
	words := strings.Fields(editor)
	if len(words) == 0 || line < 1 {
		return []string{path}
	}
	at := path + ":" + strconv.Itoa(line)
	switch strings.TrimSuffix(filepath.Base(words[0]), ".exe") {
	case "vi", "vim", "nvim", "gvim", "nano", "pico", "emacs", "emacsclient", "micro", "kak", "joe", "mg", "ne":
		return []string{"+" + strconv.Itoa(line), path}
	case "hx", "helix", "subl", "zed":
		return []string{at}
	case "code", "codium", "code-insiders", "cursor":
		if slices.Contains(words, "--wait") || slices.Contains(words, "-w") {
			return []string{"--goto", at}
		}
		return []string{"--wait", "--goto", at} // without it the editor is back at once
	}
	return []string{path}
}
