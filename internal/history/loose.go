package history

import (
	"bytes"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"github.com/go-git/go-git/v5/plumbing"
)

// A loose object is a file of its own, named by its digits: the kind, a space, the
// size, a zero byte and the content, all of it deflated.

const maxLooseHead = 32 // bytes of kind and size

func (o *objects) openLoose(id hash) (*os.File, error) {
	digits := id.String()
	var failed error
	for _, dir := range o.dirs {
		f, err := os.Open(filepath.Join(dir, digits[:2], digits[2:]))
		if err == nil {
			return f, nil
		}
		if failed == nil || !os.IsNotExist(err) {
			failed = err
		}
	}
	return nil, failed
}

// looseHead reads kind and size, and what came with them of the content.
func looseHead(z io.Reader) (kind plumbing.ObjectType, size int64, begun []byte, err error) {
	b := make([]byte, maxLooseHead)
	n, err := io.ReadFull(z, b)
	if n == 0 {
		return kind, 0, nil, err
	}
	head, begun, ok := bytes.Cut(b[:n], []byte{0})
	name, digits, _ := strings.Cut(string(head), " ")
	if kind, err = plumbing.ParseObjectType(name); err == nil {
		size, err = strconv.ParseInt(digits, 10, 64)
	}
	if err != nil || !ok || size < int64(len(begun)) {
		return kind, 0, nil, errors.New("it is damaged")
	}
	return kind, size, begun, nil
}

// readLoose reads an object that is in no pack.
func (o *objects) readLoose(id hash) (plumbing.ObjectType, []byte, error) {
	f, err := o.openLoose(id)
	if err != nil {
		return plumbing.InvalidObject, nil, err
	}
	defer f.Close()
	z, err := inflater(f)
	if err != nil {
		return plumbing.InvalidObject, nil, err
	}
	defer inflaters.Put(z)
	kind, size, begun, err := looseHead(z)
	if err == nil && size > MaxFile {
		err = fmt.Errorf("%d bytes: %w", size, ErrTooLarge)
	}
	if err != nil {
		return plumbing.InvalidObject, nil, err
	}
	content := make([]byte, size)
	if err := rest(z, content[copy(content, begun):]); err != nil {
		return plumbing.InvalidObject, nil, err
	}
	return kind, content, nil
}

// looseSize is the length of an object that is in no pack.
func (o *objects) looseSize(id hash) (int64, error) {
	f, err := o.openLoose(id)
	if err != nil {
		return 0, err
	}
	defer f.Close()
	z, err := inflater(f)
	if err != nil {
		return 0, err
	}
	defer inflaters.Put(z)
	_, size, _, err := looseHead(z)
	return size, err
}

// looseWithPrefix lists the objects in no pack whose name begins with the digits.
func (o *objects) looseWithPrefix(digits string) []hash {
	var found []hash
	for _, dir := range o.dirs {
		entries, _ := os.ReadDir(filepath.Join(dir, digits[:2]))
		for _, e := range entries {
			name := digits[:2] + e.Name()
			if b, err := hex.DecodeString(name); err == nil && len(b) == len(hash{}) && strings.HasPrefix(name, digits) {
				found = append(found, hash(b))
			}
		}
	}
	return found
}
