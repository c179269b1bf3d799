package history

import (
	"io/fs"
	"syscall"
)

// statOf gives what an index entry remembers of a file besides size and
// modification time: when its inode changed, and which one it is.
func statOf(info fs.FileInfo) (s indexStat) {
	if sys, ok := info.Sys().(*syscall.Stat_t); ok {
		s = indexStat{
			ctimeSec: uint32(sys.Ctimespec.Sec), ctimeNsec: uint32(sys.Ctimespec.Nsec),
			dev: uint32(sys.Dev), ino: uint32(sys.Ino), uid: sys.Uid, gid: sys.Gid,
		}
	}
	return s
}
