//go:build !windows

package history

import "os"

func renameFile(from, to string) error { return os.Rename(from, to) }

// isBusy is about Windows, where a file that is being deleted cannot be opened.
func isBusy(error) bool { return false }
