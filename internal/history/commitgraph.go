package history

import (
	"bytes"
	"encoding/binary"
	"os"
	"path/filepath"
	"sort"
	"strings"
)

// commitGraph is what git knows of commits beside the packs: their parents and dates,
// in tables that are walked some hundred times faster than the commits themselves. It is
// a file, or a chain of them, each of which goes on counting where the one before ends
// (gitformat-commit-graph(5)). It may be missing, and need not know every commit.
type commitGraph []graphLayer

// graphLayer is one file of a commit-graph.
type graphLayer struct {
	first uint32 // the position of its first commit
	count uint32
	names []byte // hashes in their order
	data  []byte // for each: tree, two parents, generation and date
}

const (
	graphData     = 36 // bytes of a commit's data
	graphNoParent = 0x7000_0000
	graphDateBits = 34
	maxGraphFile  = 512 << 20
)

// readCommitGraph reads the commit-graph of an objects folder; one that is missing or
// damaged knows nothing.
func readCommitGraph(objects string) commitGraph {
	info := filepath.Join(objects, "info")
	files := []string{filepath.Join(info, "commit-graph")}
	if chain, err := os.ReadFile(filepath.Join(info, "commit-graphs", "commit-graph-chain")); err == nil {
		files = nil
		for name := range strings.FieldsSeq(string(chain)) {
			files = append(files, filepath.Join(info, "commit-graphs", "graph-"+filepath.Base(name)+".graph"))
		}
	}
	var g commitGraph
	first := uint32(0)
	for _, name := range files {
		if stat, err := os.Stat(name); err != nil || stat.Size() > maxGraphFile {
			return nil
		}
		content, err := os.ReadFile(name)
		if err != nil {
			return nil
		}
		layer, ok := parseGraphLayer(content, first)
		if !ok {
			return nil
		}
		g = append(g, layer)
		first += layer.count
	}
	return g
}

// parseGraphLayer reads the table of chunks that a file begins with.
func parseGraphLayer(content []byte, first uint32) (graphLayer, bool) {
	l := graphLayer{first: first}
	if len(content) < 8 || !bytes.HasPrefix(content, []byte("CGPH\x01\x01")) {
		return l, false
	}
	chunks := map[string][]byte{}
	for i := range int(content[6]) {
		line := content[min(8+12*i, len(content)):]
		if len(line) < 24 {
			return l, false
		}
		from, to := binary.BigEndian.Uint64(line[4:]), binary.BigEndian.Uint64(line[16:])
		if from > to || to > uint64(len(content)) {
			return l, false
		}
		chunks[string(line[:4])] = content[from:to]
	}
	l.names, l.data = chunks["OIDL"], chunks["CDAT"]
	l.count = uint32(len(l.names) / len(hash{}))
	return l, len(l.names) == int(l.count)*len(hash{}) && len(l.data) == int(l.count)*graphData
}

// count is the number of commits.
func (g commitGraph) count() int {
	n := 0
	for _, l := range g {
		n += int(l.count)
	}
	return n
}

// position is where a commit stands.
func (g commitGraph) position(id hash) (uint32, bool) {
	for _, l := range g {
		at := uint32(sort.Search(int(l.count), func(i int) bool { return bytes.Compare(l.name(uint32(i)), id[:]) >= 0 }))
		if at < l.count && bytes.Equal(l.name(at), id[:]) {
			return l.first + at, true
		}
	}
	return 0, false
}

func (l graphLayer) name(at uint32) []byte {
	return l.names[int(at)*len(hash{}):][:len(hash{})]
}

// at gives the layer of a position, and the place in it.
func (g commitGraph) at(position uint32) (l graphLayer, at uint32, ok bool) {
	for _, l := range g {
		if position >= l.first && position-l.first < l.count {
			return l, position - l.first, true
		}
	}
	return graphLayer{}, 0, false
}

// firstOlder follows first parents from a commit to the first one that was committed
// before a time, in seconds since 1970, or that is the one to stop at. Where the graph
// ends it gives the last one it knows; what it does not know at all it gives back.
func (g commitGraph) firstOlder(id hash, end int64, stop hash) hash {
	position, ok := g.position(id)
	for range g.count() { // a damaged graph may go round
		l, at, known := g.at(position)
		if !ok || !known {
			break
		}
		id = hash(l.name(at))
		parent, when := l.commit(at)
		if when < end || id == stop || parent == graphNoParent {
			break
		}
		position = parent
	}
	return id
}

// commit is a commit's first parent and the time of its committer.
func (l graphLayer) commit(at uint32) (parent uint32, when int64) {
	data := l.data[int(at)*graphData:][len(hash{}):graphData]
	date := binary.BigEndian.Uint64(data[8:]) & (1<<graphDateBits - 1)
	return binary.BigEndian.Uint32(data), int64(date)
}
