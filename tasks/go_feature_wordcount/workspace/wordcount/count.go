// Package wordcount counts the words of a text.
package wordcount

import (
	"bufio"
	"errors"
	"io"
	"strings"
)

// ErrNotImplemented is returned for options that Count does not know yet.
var ErrNotImplemented = errors.New("wordcount: option not implemented")

// Options says which words Count leaves out. The zero value keeps all of them.
type Options struct {
	// MinLength is the least number of letters and digits of a word that counts.
	MinLength int
	// StopWords are not counted.
	StopWords []string
}

// Count reads all of r and counts its words.
func Count(r io.Reader, opts Options) (*Counts, error) {
	counts := newCounts()
	if opts.MinLength > 1 || len(opts.StopWords) > 0 {
		return counts, ErrNotImplemented
	}
	lines := bufio.NewScanner(r)
	for lines.Scan() {
		for _, word := range strings.FieldsFunc(lines.Text(), isSeparator) {
			counts.add(strings.ToLower(word), 1)
		}
	}
	return counts, lines.Err()
}

func isSeparator(r rune) bool {
	return !('a' <= r && r <= 'z' || 'A' <= r && r <= 'Z')
}
