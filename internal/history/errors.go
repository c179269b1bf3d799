package history

import "errors"

// What can be wrong, for errors.Is. The message and the hint for a person are in
// the *Error (or *MomentError) that wraps it.
var (
	ErrChanged      = errors.New("something changed underneath")
	ErrDetached     = errors.New("HEAD is detached")
	ErrTagExists    = errors.New("the tag exists already")
	ErrNoRepository = errors.New("not in a git repository")
	ErrNoLog        = errors.New("no log found")
	ErrNothing      = errors.New("nothing to commit")
	ErrUnsupported  = errors.New("not supported")
	ErrBare         = errors.New("the repository is bare: it has no working files")
	ErrLocked       = errors.New("locked by another process")
	ErrSymlink      = errors.New("is a symbolic link")
	ErrTooLarge     = errors.New("file is too large")
	ErrPushed       = errors.New("already pushed")
	ErrNoSnapshot   = errors.New("no such snapshot")
	ErrNoIdentity   = errors.New("no name or mail address configured")
)

// Error is a failure that a person can do something about: what was attempted,
// why it failed, and a hint on what to try next.
type Error struct {
	What string // what was attempted, the operand quoted: `commit on "main"`
	Hint string // what to try next; may be empty
	Err  error  // the cause, for errors.Is and errors.As
}

// Error is the fact without the hint.
func (e *Error) Error() string {
	if e.Err == nil {
		return e.What
	}
	return e.What + ": " + e.Err.Error()
}

// Unwrap gives the cause.
func (e *Error) Unwrap() error { return e.Err }

// MomentError says why an expression does not name a moment.
type MomentError struct {
	Expr string // as it was written
	What string // the fact, without the expression
	Hint string // the nearest syncs, or when the log begins; may be empty
	Err  error  // the cause; may be nil
}

// Error is the fact without the hint.
func (e *MomentError) Error() string {
	return "moment " + quote(e.Expr) + ": " + e.What
}

// Unwrap gives the cause.
func (e *MomentError) Unwrap() error { return e.Err }

// Hint is the advice that err carries, or "".
func Hint(err error) string {
	if e, ok := errors.AsType[*MomentError](err); ok && e.Hint != "" {
		return e.Hint
	}
	if e, ok := errors.AsType[*Error](err); ok {
		return e.Hint
	}
	return ""
}
