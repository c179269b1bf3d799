package diagram

import (
	"cmp"
	"time"
)

// Limits bound what is read, so that no file of other people ends in a hang. A
// field that is 0 means its default.
type Limits struct {
	Bytes      int64         // of all source files together, each counted as often as it is imported; 4 MiB
	Files      int           // opened by imports, counting every time; 1,000
	Depth      int           // of blocks in blocks and of segments in a key; 200
	Components int           // in all layers together; 10,000
	Drawn      int           // components drawn one by one, of one layer; 2,000
	Time       time.Duration // to compile, and again to place; 10 s
}

func (l Limits) filled() Limits {
	return Limits{
		Bytes:      cmp.Or(l.Bytes, 4<<20),
		Files:      cmp.Or(l.Files, 1000),
		Depth:      cmp.Or(l.Depth, 200),
		Components: cmp.Or(l.Components, 10_000),
		Drawn:      cmp.Or(l.Drawn, 2000),
		Time:       cmp.Or(l.Time, 10*time.Second),
	}
}
