// Package archsync is the root of the project. It holds nothing but the texts that
// go with the program; the program is cmd/archsync.
package archsync

import _ "embed"

// Notice names the authors and licenses of archsync and of everything that is
// linked into it.
//
//go:embed NOTICE
var Notice string

// License is the Apache License, under which archsync is.
//
//go:embed LICENSE
var License string
