package history

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/go-git/go-git/v5/plumbing"
)

// refs are the references of one working tree, read and written as git's files
// backend does (git/refs/files-backend.c): a loose file, else a line of
// packed-refs; each changed under NAME.lock, written whole and renamed.
type refs struct {
	loc location

	mu     sync.Mutex
	packed map[string]packedRef // the last packed-refs that was read
	stat   os.FileInfo          // and what the file looked like then
}

// packedRef is one line of packed-refs; peeled is the commit that an annotated
// tag names, or zero.
type packedRef struct{ id, peeled hash }

// ref is one reference as it is listed.
type ref struct {
	name       string // in full: refs/tags/sync/2026-03-12
	id, peeled hash   // peeled is zero when it is not known
}

const (
	readAttempts = 20 // of a reference that another process is writing in place
	readPause    = 2 * time.Millisecond
	maxSymbolic  = 5
)

// file is where the loose form of a reference is: HEAD and a few others belong to
// the working tree, the rest to the repository.
func (r *refs) file(name string) string {
	dir := r.loc.common
	own := !strings.HasPrefix(name, "refs/") || strings.HasPrefix(name, "refs/worktree/") || strings.HasPrefix(name, "refs/bisect/")
	if own {
		dir = r.loc.gitDir
	}
	return filepath.Join(dir, filepath.FromSlash(name))
}

// head gives the branch that HEAD names, in full, and its commit: branch is ""
// when HEAD is detached, the commit is zero when the branch is unborn.
func (r *refs) head() (branch string, id hash, err error) {
	value, err := r.loose("HEAD")
	if err != nil {
		return "", hash{}, fmt.Errorf("read HEAD: %w", err)
	}
	branch, symbolic := strings.CutPrefix(value, "ref: ")
	if !symbolic {
		return "", plumbing.NewHash(value), nil
	}
	branch = strings.TrimSpace(branch)
	id, err = r.resolve(branch)
	if errors.Is(err, fs.ErrNotExist) {
		return branch, hash{}, nil
	}
	return branch, id, err
}

// resolve gives the object that a reference names, following symbolic ones. One
// that does not exist is an fs.ErrNotExist.
func (r *refs) resolve(name string) (hash, error) {
	for range maxSymbolic {
		value, err := r.loose(name)
		if errors.Is(err, fs.ErrNotExist) {
			return r.resolvePacked(name)
		}
		if err != nil {
			return hash{}, err
		}
		target, symbolic := strings.CutPrefix(value, "ref: ")
		if !symbolic {
			return plumbing.NewHash(value), nil
		}
		name = strings.TrimSpace(target)
	}
	return hash{}, fmt.Errorf("read %q: symbolic references go round in circles", name)
}

func (r *refs) resolvePacked(name string) (hash, error) {
	packed, err := r.readPacked()
	if err != nil {
		return hash{}, err
	}
	if p, ok := packed[name]; ok {
		return p.id, nil
	}
	// git pack-refs writes packed-refs first and then deletes the loose file; the
	// other way round a deletion empties packed-refs first.
	return hash{}, &fs.PathError{Op: "read", Path: name, Err: fs.ErrNotExist}
}

// loose reads a reference's own file. Programs that write in place show it empty
// for a moment, so it is read again.
func (r *refs) loose(name string) (string, error) {
	if !fs.ValidPath(name) {
		return "", &fs.PathError{Op: "read", Path: name, Err: fs.ErrNotExist}
	}
	file := r.file(name)
	for range readAttempts {
		content, err := os.ReadFile(file)
		if err != nil {
			return "", looseError(file, err)
		}
		value := strings.TrimSpace(string(content))
		if plumbing.IsHash(value) || strings.HasPrefix(value, "ref: ") && strings.HasSuffix(string(content), "\n") {
			return value, nil
		}
		time.Sleep(readPause)
	}
	return "", &Error{
		What: fmt.Sprintf("read %q: %q holds no reference", name, file),
		Hint: "git fsck tells more; git update-ref repairs it",
	}
}

// looseError calls a folder, and a file on the way, what they are: not a reference.
func looseError(file string, err error) error {
	if info, statErr := os.Stat(file); statErr == nil && info.IsDir() {
		return fs.ErrNotExist
	}
	for dir := filepath.Dir(file); dir != filepath.Dir(dir); dir = filepath.Dir(dir) {
		if info, statErr := os.Stat(dir); statErr == nil {
			if !info.IsDir() {
				return fs.ErrNotExist
			}
			break
		}
	}
	return err
}

// readPacked parses packed-refs, unless the file is still the one that was parsed.
func (r *refs) readPacked() (map[string]packedRef, error) {
	name := filepath.Join(r.loc.common, "packed-refs")
	r.mu.Lock()
	defer r.mu.Unlock()
	stat, err := os.Stat(name)
	if errors.Is(err, fs.ErrNotExist) {
		r.packed, r.stat = nil, nil
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	if r.stat != nil && os.SameFile(stat, r.stat) && stat.ModTime().Equal(r.stat.ModTime()) && stat.Size() == r.stat.Size() {
		return r.packed, nil
	}
	content, err := os.ReadFile(name)
	if err != nil {
		return nil, err
	}
	r.packed, r.stat = parsePacked(string(content)), stat
	return r.packed, nil
}

// parsePacked reads lines of "HASH NAME", each with "^HASH" after it when the
// name is an annotated tag.
func parsePacked(content string) map[string]packedRef {
	packed := map[string]packedRef{}
	last := ""
	for line := range strings.Lines(content) {
		line = strings.TrimRight(line, "\r\n")
		if peeled, ok := strings.CutPrefix(line, "^"); ok {
			packed[last] = packedRef{packed[last].id, plumbing.NewHash(peeled)}
			continue
		}
		id, name, ok := strings.Cut(line, " ")
		if ok && plumbing.IsHash(id) {
			last = name
			packed[name] = packedRef{id: plumbing.NewHash(id)}
		}
	}
	return packed
}

// packedBytes is the file that git writes.
func packedBytes(packed map[string]packedRef) []byte {
	var b strings.Builder
	b.WriteString("# pack-refs with: peeled fully-peeled sorted \n")
	for _, name := range slices.Sorted(maps.Keys(packed)) {
		fmt.Fprintf(&b, "%s %s\n", packed[name].id, name)
		if !packed[name].peeled.IsZero() {
			fmt.Fprintf(&b, "^%s\n", packed[name].peeled)
		}
	}
	return []byte(b.String())
}

// list gives the references whose full name begins with prefix, by name. A loose
// one that cannot be read has a zero id.
func (r *refs) list(prefix string) ([]ref, error) {
	found := map[string]ref{}
	for attempt := 0; ; attempt++ {
		err := r.listLoose(prefix, found)
		if err == nil {
			break
		}
		if attempt == readAttempts {
			return nil, fmt.Errorf("list the references %q: %w", prefix, err)
		}
		time.Sleep(readPause)
	}
	packed, err := r.readPacked() // after the loose ones: see resolvePacked
	if err != nil {
		return nil, err
	}
	for name, p := range packed {
		if _, loose := found[name]; !loose && strings.HasPrefix(name, prefix) {
			found[name] = ref{name, p.id, p.peeled}
		}
	}
	return slices.SortedFunc(maps.Values(found), func(a, b ref) int { return strings.Compare(a.name, b.name) }), nil
}

func (r *refs) listLoose(prefix string, found map[string]ref) error {
	dir := path.Dir(prefix + "x")
	return filepath.WalkDir(filepath.Join(r.loc.common, filepath.FromSlash(dir)), func(file string, d fs.DirEntry, err error) error {
		if errors.Is(err, fs.ErrNotExist) || err == nil && (d.IsDir() || strings.HasSuffix(file, ".lock")) {
			return nil
		}
		if err != nil {
			return err
		}
		rel, err := filepath.Rel(r.loc.common, file)
		name := filepath.ToSlash(rel)
		if err != nil || !strings.HasPrefix(name, prefix) {
			return err
		}
		id, err := r.resolve(name)
		if errors.Is(err, fs.ErrNotExist) {
			return nil
		}
		found[name] = ref{name: name, id: id} // an unreadable one stays, without an id
		return nil
	})
}

// refUpdate moves one reference from old to new; a zero old means it must not
// exist, a zero new deletes it.
type refUpdate struct {
	name     string
	old, new hash
	reason   string // for the reflog
}

// errMoved says that a reference no longer has its old value.
var errMoved = fmt.Errorf("the reference moved: %w", ErrChanged)

// update makes all the changes or none: it takes every lock, compares every old
// value, writes every new one to its lock file, and calls check; only then does
// it rename, in the order given. A process killed between two renames has made
// the first changes and not the later ones; callers choose the order so that this
// can be recognised. A rename that fails takes the earlier ones back.
func (r *refs) update(ctx context.Context, who signature, updates []refUpdate, check func() error) (err error) {
	locks := make([]*lockFile, len(updates))
	defer func() {
		for _, l := range locks {
			l.release()
		}
	}()
	for _, i := range lockOrder(updates) {
		if locks[i], err = r.prepare(ctx, updates[i]); err != nil {
			return err
		}
	}
	if check != nil {
		if err := check(); err != nil {
			return err
		}
	}
	for i, u := range updates {
		if err := r.finish(ctx, u, locks[i], who); err != nil {
			return errors.Join(fmt.Errorf("move %q: %w", u.name, err), r.takeBack(ctx, updates[:i], who))
		}
	}
	return nil
}

// lockOrder is by name, so that two processes never wait for each other.
func lockOrder(updates []refUpdate) []int {
	order := make([]int, len(updates))
	for i := range order {
		order[i] = i
	}
	slices.SortFunc(order, func(a, b int) int { return strings.Compare(updates[a].name, updates[b].name) })
	return order
}

// prepare locks one reference, compares its value and fills the lock file.
func (r *refs) prepare(ctx context.Context, u refUpdate) (*lockFile, error) {
	lock, err := acquire(ctx, r.file(u.name))
	if err != nil {
		return nil, err
	}
	current, err := r.resolve(u.name)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		err = r.checkFree(u.name)
	case err == nil && u.old.IsZero() && strings.HasPrefix(u.name, tagPrefix):
		err = tagExists(u.name)
	}
	if err == nil && current != u.old {
		err = errMoved
	}
	if err == nil && !u.new.IsZero() {
		err = lock.write([]byte(u.new.String() + "\n"))
	}
	if err != nil {
		lock.release()
		return nil, err
	}
	return lock, nil
}

func tagExists(name string) error {
	short := strings.TrimPrefix(name, tagPrefix)
	return &Error{
		What: fmt.Sprintf("make the tag %q", short),
		Hint: fmt.Sprintf("git show %s tells what it is; another date or another tag_prefix in archsync.yaml avoids it", short),
		Err:  ErrTagExists,
	}
}

// checkFree refuses a new name that is a folder of other references' names, or
// lies below one: git cannot hold both.
func (r *refs) checkFree(name string) error {
	for dir := path.Dir(name); strings.Count(dir, "/") > 1; dir = path.Dir(dir) {
		if _, err := r.resolve(dir); err == nil {
			return fmt.Errorf("%q: %q is in the way", name, dir)
		}
	}
	below, err := r.list(name + "/")
	if err != nil || len(below) == 0 {
		return err
	}
	return fmt.Errorf("%q: %q is in the way", name, below[0].name)
}

func (r *refs) finish(ctx context.Context, u refUpdate, lock *lockFile, who signature) error {
	if u.new.IsZero() {
		return r.remove(ctx, u.name)
	}
	removeEmptyFolders(lock.target)
	if err := lock.commit(); err != nil {
		return err
	}
	r.logUpdate(u, who)
	return nil
}

// remove deletes a reference whose lock is held: from packed-refs first, so that
// no old value shows through.
func (r *refs) remove(ctx context.Context, name string) error {
	err := r.rewritePacked(ctx, func(packed map[string]packedRef) (bool, error) {
		_, found := packed[name]
		delete(packed, name)
		return found, nil
	})
	if err != nil {
		return err
	}
	if err := os.Remove(r.file(name)); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	os.Remove(r.logFile(name))
	return nil
}

// rewritePacked changes packed-refs under its lock; change reports whether it did.
func (r *refs) rewritePacked(ctx context.Context, change func(map[string]packedRef) (bool, error)) error {
	lock, err := r.preparePacked(ctx, change)
	if err != nil || lock == nil {
		return err
	}
	defer lock.release()
	return lock.commit()
}

// preparePacked locks packed-refs and fills the lock file; nil when nothing
// changes.
func (r *refs) preparePacked(ctx context.Context, change func(map[string]packedRef) (bool, error)) (*lockFile, error) {
	lock, err := acquire(ctx, filepath.Join(r.loc.common, "packed-refs"))
	if err != nil {
		return nil, err
	}
	packed, err := r.readPacked()
	changed := false
	if err == nil {
		next := maps.Clone(packed)
		if next == nil {
			next = map[string]packedRef{}
		}
		if changed, err = change(next); changed && err == nil {
			err = lock.write(packedBytes(next))
		}
	}
	if err != nil || !changed {
		lock.release()
		return nil, err
	}
	return lock, nil
}

// takeBack undoes updates that were made; what moved since stays.
func (r *refs) takeBack(ctx context.Context, done []refUpdate, who signature) error {
	var errs []error
	for _, u := range slices.Backward(done) {
		back := refUpdate{name: u.name, old: u.new, new: u.old, reason: "archsync: taken back"}
		lock, err := r.prepare(ctx, back)
		if err == nil {
			err = r.finish(ctx, back, lock, who)
			lock.release()
		}
		errs = append(errs, err)
	}
	return errors.Join(errs...)
}

// removeEmptyFolders makes room for a reference named like a folder that only
// held references once.
func removeEmptyFolders(name string) {
	info, err := os.Lstat(name)
	if err != nil || !info.IsDir() {
		return
	}
	entries, _ := os.ReadDir(name)
	for _, e := range entries {
		removeEmptyFolders(filepath.Join(name, e.Name()))
	}
	os.Remove(name)
}

func (r *refs) logFile(name string) string {
	dir := r.loc.common
	if name == "HEAD" {
		dir = r.loc.gitDir
	}
	return filepath.Join(dir, "logs", filepath.FromSlash(name))
}

// logUpdate appends to the reflog of the reference, and to that of HEAD when it
// names the reference. As in git, only branches get a new log, and a failure does
// not undo the update.
func (r *refs) logUpdate(u refUpdate, who signature) {
	line := fmt.Sprintf("%s %s %s\t%s\n", u.old, u.new, who, strings.ReplaceAll(u.reason, "\n", " "))
	appendLog(r.logFile(u.name), line, strings.HasPrefix(u.name, "refs/heads/"))
	if branch, _, err := r.head(); err == nil && branch == u.name {
		appendLog(r.logFile("HEAD"), line, true)
	}
}

func appendLog(name, line string, create bool) {
	flags := os.O_WRONLY | os.O_APPEND
	if create {
		flags |= os.O_CREATE
		os.MkdirAll(filepath.Dir(name), 0o755)
	}
	f, err := os.OpenFile(name, flags, 0o644)
	if err != nil {
		return
	}
	defer f.Close()
	f.WriteString(line)
}
