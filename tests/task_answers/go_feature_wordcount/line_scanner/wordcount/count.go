// Package wordcount counts the words of a text.
//
// A word is a run of letters, decimal digits and the marks that follow them,
// in any script, with apostrophes inside. See Count.
package wordcount

import (
	"bufio"
	"fmt"
	"io"
	"unicode"
	"unicode/utf8"
)

// Options says which words Count leaves out. The zero value keeps all of them.
type Options struct {
	// MinLength is the least number of letters and digits of a word that counts.
	MinLength int
	// StopWords are not counted. Case and the kind of apostrophe do not matter.
	StopWords []string
}

// Count reads all of r and counts its words, folded to lower case.
//
// Bytes that are not valid UTF-8 separate words and are counted as invalid. If
// r fails, Count returns what it has counted up to there together with an
// error that wraps the reader's. The counts are never nil.
func Count(r io.Reader, opts Options) (*Counts, error) {
	s := newSplitter(opts)
	lines := bufio.NewScanner(r)
	for lines.Scan() {
		line := lines.Bytes()
		for len(line) > 0 {
			char, size := utf8.DecodeRune(line)
			line = line[size:]
			if char == utf8.RuneError && size == 1 {
				s.counts.invalid++
				s.end()
				continue
			}
			s.next(char)
		}
		s.end()
	}
	if err := lines.Err(); err != nil {
		return s.counts, fmt.Errorf("wordcount: read: %w", err)
	}
	return s.counts, nil
}

// splitter puts characters together to words and counts those that qualify.
type splitter struct {
	counts    *Counts
	minLength int
	stop      map[string]bool

	word       []byte // what has been read of the current word, folded
	length     int    // letters and digits in word
	apostrophe bool   // one follows word, and belongs to it if a letter or digit comes next
}

func newSplitter(opts Options) *splitter {
	stop := make(map[string]bool, len(opts.StopWords))
	for _, word := range opts.StopWords {
		stop[fold(word)] = true
	}
	return &splitter{counts: newCounts(), minLength: opts.MinLength, stop: stop}
}

func (s *splitter) next(char rune) {
	inWord := len(s.word) > 0 && !s.apostrophe
	switch {
	case unicode.IsLetter(char) || unicode.Is(unicode.Nd, char):
		if s.apostrophe {
			s.word = append(s.word, '\'')
			s.apostrophe = false
		}
		s.word = utf8.AppendRune(s.word, foldRune(char))
		s.length++
	case inWord && unicode.IsMark(char):
		s.word = utf8.AppendRune(s.word, foldRune(char))
	case inWord && foldRune(char) == '\'':
		s.apostrophe = true
	default:
		s.end()
	}
}

// end closes the current word, if there is one.
func (s *splitter) end() {
	if len(s.word) > 0 && s.length >= s.minLength && !s.stop[string(s.word)] {
		s.counts.add(string(s.word), 1)
	}
	s.word = s.word[:0]
	s.length = 0
	s.apostrophe = false
}
