package synclog

// Identity says what components and connections of one moment are called in another.
type Identity struct {
	from     *Log
	compared []compared
}

// Identify compares the diagrams of two moments; either may be the earlier one.
func Identify(from, to *Log) Identity {
	return Identity{from: from, compared: Diff(from, to).compared}
}

// Ref is what a reference that leads somewhere in the one moment is in the other;
// false when it leads nowhere in the first, or what it named is gone in the second.
func (i Identity) Ref(ref string) (string, bool) {
	d, key, ok := i.from.resolve(ref)
	if !ok {
		return "", false
	}
	for _, c := range i.compared {
		if c.before == d {
			now, there := c.found.Ref(c.before, c.after, key)
			return c.prefix + now, there
		}
	}
	return "", false
}
