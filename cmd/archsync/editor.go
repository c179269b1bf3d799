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
