package history

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"io/fs"
	"maps"
	"strings"
	"sync"

	"github.com/archsync/archsync/internal/chronicle"
)

// witness is a moment's files. It notes what it was asked and what it answered: as long
// as the same questions have the same answers, whoever asked them comes to the same
// result (as in build systems with dynamic dependencies, such as redo and Shake).
type witness struct {
	logFS

	mu      sync.Mutex
	answers map[string]string // by question
}

func newWitness(fsys logFS) *witness { return &witness{logFS: fsys, answers: map[string]string{}} }

func (w *witness) note(question, answer string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.answers[question] = answer
}

// noted are the questions up to now with their answers.
func (w *witness) noted() map[string]string {
	w.mu.Lock()
	defer w.mu.Unlock()
	return maps.Clone(w.answers)
}

// The questions: the word, a blank and a path.
const (
	askRead = "read"
	askList = "list"
	askStat = "stat"
)

// ask puts a question again.
func (w *witness) ask(question string) (answer string) {
	word, name, _ := strings.Cut(question, " ")
	switch word {
	case askRead:
		content, err := w.logFS.ReadFile(name)
		return contentAnswer(content, err)
	case askList:
		entries, err := w.logFS.ReadDir(name)
		return listAnswer(entries, err)
	}
	info, err := w.logFS.Stat(name)
	return statAnswer(info, err)
}

func contentAnswer(content []byte, err error) string {
	if err != nil {
		return "error: " + err.Error()
	}
	sum := sha256.Sum256(content)
	return hex.EncodeToString(sum[:])
}

func listAnswer(entries []fs.DirEntry, err error) string {
	if err != nil {
		return "error: " + err.Error()
	}
	var b strings.Builder
	for _, e := range entries {
		b.WriteString(e.Type().String() + " " + e.Name() + "\n")
	}
	return b.String()
}

func statAnswer(info fs.FileInfo, err error) string {
	if err != nil {
		return "error: " + err.Error()
	}
	return info.Mode().Type().String()
}

// ContentID has no answer: bytes that are read are noted as they were read.
func (w *witness) ContentID(string) (string, bool) { return "", false }

func (w *witness) ReadFile(name string) ([]byte, error) {
	content, err := w.logFS.ReadFile(name)
	w.note(askRead+" "+name, contentAnswer(content, err))
	return content, err
}

func (w *witness) ReadDir(name string) ([]fs.DirEntry, error) {
	entries, err := w.logFS.ReadDir(name)
	w.note(askList+" "+name, listAnswer(entries, err))
	return entries, err
}

// Stat notes only what something is: whoever wants more of a file reads it.
func (w *witness) Stat(name string) (fs.FileInfo, error) {
	info, err := w.logFS.Stat(name)
	w.note(askStat+" "+name, statAnswer(info, err))
	return info, err
}

func (w *witness) Open(name string) (fs.File, error) {
	info, err := w.Stat(name)
	if err != nil {
		return nil, err
	}
	if info.IsDir() {
		entries, err := w.ReadDir(name)
		return &dirFile{name: name, info: info, entries: entries}, err
	}
	content, err := w.ReadFile(name)
	if err != nil {
		return nil, err
	}
	return &memoryFile{bytes.NewReader(content), info}, nil
}

// testimony is a value with what it was computed from.
type testimony struct {
	Answers map[string]string
	Value   []byte
}

// presentMemo implements [chronicle.Memo] for what is computed of the files of a witness:
// it gives nothing back once one of the answers is another.
type presentMemo struct {
	chronicle.Memo
	files *witness
}

func (m presentMemo) Get(key string) ([]byte, bool) {
	content, ok := m.Memo.Get(key)
	var kept testimony
	if !ok || json.Unmarshal(content, &kept) != nil || len(kept.Answers) == 0 {
		return nil, false
	}
	for question, answer := range kept.Answers {
		if m.files.ask(question) != answer {
			return nil, false
		}
	}
	return kept.Value, true
}

func (m presentMemo) Put(key string, value []byte) {
	if content, err := json.Marshal(testimony{m.files.noted(), value}); err == nil {
		m.Memo.Put(key, content)
	}
}
