package wordcount

import (
	"fmt"
	"io"
	"sort"
	"strconv"
)

// sortEntries sorts by falling count, and by word where the counts are equal.
func sortEntries(entries []Entry) {
	sort.Slice(entries, func(i, j int) bool {
		if entries[i].Count != entries[j].Count {
			return entries[i].Count > entries[j].Count
		}
		return entries[i].Word < entries[j].Word
	})
}

// WriteTable writes one line per entry, the counts aligned to the right in a
// column of at least six characters.
func WriteTable(w io.Writer, entries []Entry) error {
	width := 6
	for _, e := range entries {
		if n := len(strconv.Itoa(e.Count)); n > width {
			width = n
		}
	}
	for _, e := range entries {
		if _, err := fmt.Fprintf(w, "%*d  %s\n", width, e.Count, e.Word); err != nil {
			return err
		}
	}
	return nil
}
