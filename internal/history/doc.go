// Package history is the log in git: any moment of it as an fs.FS, the timeline
// of its syncs, and every write to a repository - a commit, a snapshot with its
// tag, a past that is replayed.
//
// It promises that
//   - a moment shows the log's own files and nothing else, and a commit touches
//     only the files it was given: what the user staged, changed or left untracked
//     elsewhere stays exactly so;
//   - references and the index change under git's own locks, so archsync and git
//     may work on one repository at the same time and lose nothing;
//   - no git program is needed. Where one is there it is asked to update an index
//     of a kind that this package does not write (split, sparse).
//
// It leaves out what the files mean (synclog) and the exchange with a remote.
// Hooks are not run and commit.gpgsign is not honoured: commits are not signed.
//
// # What is known about go-git
//
// It is the only package that knows go-git, and it uses go-git to write loose objects
// and to apply the differences in packs. Packs are read here (packindex.go, packread.go),
// and listed anew when an object is not found, since another process may have repacked.
// Why the rest is done here:
//   - opening is our own: go-git refuses every sparse checkout
//     (extensions.worktreeConfig) and cannot follow a symbolic link at .git;
//   - its alternates are read anew for every object and fail on relative paths;
//   - its storage is not safe for several goroutines, goes blind after a gc by another
//     process, and parses the index of a pack whole before the first answer;
//   - it writes references and the index in place, without a lock: commits get
//     lost, branches break, the user's next commit reverts ours. Both are written
//     here by git's protocol (refs.go, index.go);
//   - its index decoder loses the assume-valid bit and cannot order the stages of
//     a conflict: entries are kept here byte for byte.
package history
