package wordcount

import (
	"strings"
	"unicode"
)

// Entry is a word with the number of times it occurs.
type Entry struct {
	Word  string
	Count int
}

// Counts holds how often each word of a text occurs.
type Counts struct {
	words   map[string]int
	total   int
	invalid int
}

func newCounts() *Counts {
	return &Counts{words: make(map[string]int)}
}

func (c *Counts) add(word string, n int) {
	c.words[word] += n
	c.total += n
}

// Total returns the number of words, repetitions included.
func (c *Counts) Total() int { return c.total }

// Distinct returns the number of different words.
func (c *Counts) Distinct() int { return len(c.words) }

// Invalid returns the number of bytes that were not valid UTF-8.
func (c *Counts) Invalid() int { return c.invalid }

// Of returns how often a word occurs. Case and the kind of apostrophe do not matter.
func (c *Counts) Of(word string) int { return c.words[fold(word)] }

// Top returns the n most frequent words, or all if there are fewer. Words of
// equal count are in ascending order of their bytes.
func (c *Counts) Top(n int) []Entry {
	entries := make([]Entry, 0, len(c.words))
	for word, count := range c.words {
		entries = append(entries, Entry{Word: word, Count: count})
	}
	sortEntries(entries)
	if n < 0 {
		n = 0
	}
	if n > len(entries) {
		n = len(entries)
	}
	return entries[:n]
}

// Add adds the counts of other, its invalid bytes included, to c.
func (c *Counts) Add(other *Counts) {
	for word, count := range other.words {
		c.add(word, count)
	}
	c.invalid += other.invalid
}

// fold brings a word to the form under which it is counted.
func fold(word string) string {
	return strings.Map(foldRune, word)
}

func foldRune(r rune) rune {
	if r == '’' {
		return '\''
	}
	return unicode.ToLower(r)
}
