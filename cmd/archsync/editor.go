package main

import (
	"cmp"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"strings"

	"github.com/archsync/archsync/internal/history"
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
// no terminal is somebody's wish. instead says what to do without one.
func (v *invocation) canEdit(instead string) error {
	if v.terminal {
		return nil
	}
	editor := cmp.Or(v.getenv("GIT_EDITOR"), v.getenv("VISUAL"), v.getenv("EDITOR"))
	words := strings.Fields(editor)
	if len(words) > 0 && !fillsTerminal(words[0]) {
		return nil
	}
	return &usageError{what: "there is no terminal for an editor", hint: instead}
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

// editedText is the file in which somebody edited a text; the zero value is none.
type editedText struct{ path string }

// textFile puts a text into a file for the editor.
func textFile(name, text string) (editedText, error) {
	f, err := os.CreateTemp("", "archsync-"+name+"-*.md")
	if err != nil {
		return editedText{}, fmt.Errorf("make a file for the editor: %w", err)
	}
	t := editedText{f.Name()}
	_, err = f.WriteString(text)
	if err = errors.Join(err, f.Close()); err != nil {
		t.discard()
		return editedText{}, fmt.Errorf("write the file for the editor: %w", err)
	}
	return t, nil
}

// saved is what the editor left.
func (t editedText) saved() (string, error) {
	text, err := os.ReadFile(t.path)
	if err != nil {
		return "", fmt.Errorf("read what the editor left: %w", err)
	}
	return string(text), nil
}

// editKept gives a text to the editor and returns what was saved. The file stays until
// the text is recorded, so that it is not lost where that fails.
func (v *invocation) editKept(name, text string) (string, editedText, error) {
	t, err := textFile(name, text)
	if err != nil {
		return "", editedText{}, err
	}
	if err := v.letOthers(func() error { return v.edit(t.path, 1) }); err != nil {
		t.discard()
		return "", editedText{}, err
	}
	saved, err := t.saved()
	if err != nil {
		return "", editedText{}, err
	}
	if strings.TrimSpace(saved) == "" {
		t.discard()
		return "", editedText{}, &history.Error{What: "the text is empty: nothing was recorded", Hint: "an empty text is how to change your mind in the editor; run it again to go on"}
	}
	return saved, t, nil
}

// discard removes the file.
func (t editedText) discard() {
	if t.path != "" {
		_ = os.Remove(t.path)
	}
}

// keep tells with an error where the text is, so that it can be used again.
func (t editedText) keep(err error) error {
	if t.path == "" {
		return err
	}
	return fmt.Errorf("%w; your text is in %s", err, t.path)
}
