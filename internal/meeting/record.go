package meeting

import (
	"cmp"
	"fmt"
	"maps"
	"path"
	"reflect"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/archsync/archsync/internal/frontmatter"
	"github.com/archsync/archsync/internal/problem"
)

// Record is what is kept of one sync: the file syncs/DATE.md. The minutes are
// its body.
type Record struct {
	Path      string
	Date      string // key sync; the file's name where it is missing
	Host      string
	Present   []string
	Absent    []string
	Breakouts []string                 // ids of the breakouts that were opened
	Timings   map[string]time.Duration // per group; whole seconds
	Corrected []string                 // the dates on which the minutes were corrected after the sync was closed
	Body      string                   // Markdown, with the line endings of the file

	Extra []frontmatter.Field // keys that archsync does not know, in the file's order; an edit of them is not written

	origin origin
}

// origin is what a value was parsed from; zero for one that was not.
type origin struct {
	document *frontmatter.Document
	fields   []frontmatter.Field // the known fields as they were read
}

// RecordPath is where the record of a date lies, from the log's folder.
func RecordPath(date string) string { return "syncs/" + date + ".md" }

// PicturePath is where the drawing of a date lies, from the log's folder.
func PicturePath(date string) string { return "syncs/" + date + ".svg" }

// PlacementPath is where it is kept where everything stands in that drawing, from the
// log's folder.
func PlacementPath(date string) string { return "syncs/" + date + ".place.json" }

// ParseRecord reads syncs/DATE.md. What is wrong is reported and left out; the
// record is complete in all else.
func ParseRecord(file string, src []byte) (Record, []problem.Problem) {
	d, ps := frontmatter.Parse(file, src)
	ps = append(ps, d.Expect(map[string]frontmatter.Shape{
		"sync": frontmatter.Scalar, "host": frontmatter.Scalar,
		"present": frontmatter.List, "absent": frontmatter.List, "breakouts": frontmatter.List,
		"timings": frontmatter.Mapping, "corrected": frontmatter.List,
	})...)
	r := Record{
		Path: file, Date: cmp.Or(d.Text("sync"), stem(file)), Host: d.Text("host"),
		Present: d.List("present"), Absent: d.List("absent"), Breakouts: d.List("breakouts"),
		Corrected: d.List("corrected"),
		Body:      d.Body(),
		Extra:     d.Extra("sync", "host", "present", "absent", "breakouts", "timings", "corrected"),
	}
	var bad []problem.Problem
	r.Timings, bad = timings(d)
	r.origin.document = d
	r.origin.fields = r.fields()
	return r, append(append(ps, r.checkDate(d)...), bad...)
}

func (r Record) checkDate(d *frontmatter.Document) []problem.Problem {
	name := stem(r.Path)
	switch {
	case !isDate(r.Date):
		return []problem.Problem{located(d, "sync", fmt.Sprintf("%q is not a date", r.Date), "write sync: 2026-03-12")}
	case d.Text("sync") == "":
		return []problem.Problem{located(d, "sync", "the record does not say which sync it is of", "begin it with three lines: ---, sync: "+name+", ---")}
	case isDate(name) && name != r.Date:
		return []problem.Problem{located(d, "sync", fmt.Sprintf("sync is %s in the record of %s", r.Date, name), "the key and the file's name must be the same date")}
	}
	return nil
}

// Problem is a complaint about a key of a record that was parsed.
func (r Record) Problem(key, what, hint string) problem.Problem {
	return r.origin.problem(r.Path, key, what, hint)
}

// ShowsPicture tells whether the minutes show the drawing that lies beside the
// record, and where: the line, and the column in characters, both from 1.
func (r Record) ShowsPicture() (line, column int, ok bool) {
	link := "](" + stem(r.Path) + ".svg)"
	before, _, ok := strings.Cut(r.Body, link)
	if !ok || r.origin.document == nil {
		return 0, 0, ok
	}
	start := strings.LastIndexByte(before, '\n') + 1
	return r.origin.document.BodyLine() + strings.Count(before, "\n"), utf8.RuneCountInString(before[start:]) + 1, true
}

// problem is a complaint about a key, at its place where the value was parsed.
func (o origin) problem(file, key, what, hint string) problem.Problem {
	if o.document == nil {
		return problem.Problem{Path: file, What: what, Hint: hint}
	}
	return located(o.document, key, what, hint)
}

// located is a complaint about a key; of one that is not there, at the file's start.
func located(d *frontmatter.Document, key, what, hint string) problem.Problem {
	p := d.Problem(key, what, hint)
	p.Column = max(p.Column, 1)
	return p
}

func timings(d *frontmatter.Document) (map[string]time.Duration, []problem.Problem) {
	texts := d.Map("timings")
	if len(texts) == 0 {
		return nil, nil
	}
	read := map[string]time.Duration{}
	var ps []problem.Problem
	for _, group := range slices.Sorted(maps.Keys(texts)) {
		t, err := time.ParseDuration(texts[group])
		if err != nil || t < 0 {
			ps = append(ps, located(d, "timings", fmt.Sprintf("timing of %s is %q, not a duration", group, texts[group]), "write a duration such as 3m40s"))
			continue
		}
		read[group] = t
	}
	return read, ps
}

// Bytes is the file. Of a record that was parsed, only the lines of the fields
// that differ from it change; of another one, the file is made anew. It fails
// where the front matter cannot be edited.
func (r Record) Bytes() ([]byte, error) {
	return r.origin.written(r.Path, r.fields(), r.Extra, r.Body)
}

func (r Record) fields() []frontmatter.Field {
	return []frontmatter.Field{
		{Key: "sync", Value: r.Date}, {Key: "host", Value: r.Host},
		{Key: "present", Value: r.Present}, {Key: "absent", Value: r.Absent},
		{Key: "breakouts", Value: r.Breakouts}, {Key: "timings", Value: r.timingTexts()},
		{Key: "corrected", Value: r.Corrected},
	}
}

// timingTexts spells the timings; what the file has already keeps its spelling,
// also where that is no duration.
func (r Record) timingTexts() map[string]string {
	texts := map[string]string{}
	for group, t := range r.Timings {
		texts[group] = durationText(t)
	}
	if r.origin.document == nil {
		return texts
	}
	for group, old := range r.origin.document.Map("timings") {
		was, err := time.ParseDuration(old)
		if now, there := r.Timings[group]; err != nil && !there || there && was == now {
			texts[group] = old
		}
	}
	return texts
}

// durationText is a duration in whole seconds without its zero parts: 45m, 3m40s.
func durationText(t time.Duration) string {
	s := t.Round(time.Second).String()
	if strings.HasSuffix(s, "m0s") {
		s = strings.TrimSuffix(s, "0s")
	}
	if strings.HasSuffix(s, "h0m") {
		s = strings.TrimSuffix(s, "0m")
	}
	return s
}

// written gives the bytes of a file with the given fields and body. Only what
// differs from the origin is set, so that what could not be read stays.
func (o origin) written(file string, fields, extra []frontmatter.Field, body string) ([]byte, error) {
	if o.document == nil {
		made, err := frontmatter.New(file, append(fields, extra...), body)
		if err != nil {
			return nil, err
		}
		return made.Bytes(), nil
	}
	d := o.document
	for i, f := range fields {
		if reflect.DeepEqual(f.Value, o.fields[i].Value) {
			continue
		}
		next, err := d.Set(f.Key, f.Value)
		if err != nil {
			return nil, err
		}
		d = next
	}
	return d.SetBody(body).Bytes(), nil
}

// stem is a file's name without folder and ending.
func stem(file string) string { return strings.TrimSuffix(path.Base(file), path.Ext(file)) }
