package acceptance

import (
	"bytes"
	"fmt"
	"strings"
	"testing"

	"example.com/wordcount/wordcount"
)

func words(entries []wordcount.Entry) string {
	var parts []string
	for _, e := range entries {
		parts = append(parts, fmt.Sprintf("%s:%d", e.Word, e.Count))
	}
	return strings.Join(parts, " ")
}

func TestTopIsSortedByCount(t *testing.T) {
	counts := count(t, "b c b a b c", all)
	if got, want := words(top(t, counts, 2)), "b:3 c:2"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestTopOrdersEqualCountsByBytes(t *testing.T) {
	var text strings.Builder
	for i := 30; i > 0; i-- {
		fmt.Fprintf(&text, "w%02d ", i)
	}
	text.WriteString("é z zebra zebra \U00010428 \ufb01")
	var want []string
	want = append(want, "zebra:2")
	for i := 1; i <= 30; i++ {
		want = append(want, fmt.Sprintf("w%02d:1", i))
	}
	want = append(want, "z:1", "é:1", "\ufb01:1", "\U00010428:1")
	counts := count(t, text.String(), all)
	if got := words(top(t, counts, 100)); got != strings.Join(want, " ") {
		t.Errorf("got %q, want %q", got, strings.Join(want, " "))
	}
}

func TestTopWithMoreThanThereIs(t *testing.T) {
	if got, want := words(top(t, count(t, "a", all), 5)), "a:1"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestTopOfNothing(t *testing.T) {
	counts := count(t, "a b", all)
	for _, n := range []int{0, -1, -1 << 63} {
		if got := top(t, counts, n); len(got) != 0 {
			t.Errorf("Top(%d) = %v, want an empty slice", n, got)
		}
	}
}

func TestOfFoldsItsArgument(t *testing.T) {
	counts := count(t, "Don’t été", all)
	for _, word := range []string{"don't", "DON’T", "Été"} {
		if counts.Of(word) != 1 {
			t.Errorf("Of(%q) = %d, want 1", word, counts.Of(word))
		}
	}
	if counts.Of("dont") != 0 {
		t.Error("a word that does not occur is counted")
	}
}

func TestAddJoinsCounts(t *testing.T) {
	a, b := count(t, "x y", all), count(t, "y z", all)
	a.Add(b)
	if got, want := words(top(t, a, 3)), "y:2 x:1 z:1"; a.Total() != 4 || !sameWords(got, want) {
		t.Errorf("total %d, words %q; want 4, %q", a.Total(), got, want)
	}
	if b.Total() != 2 || b.Distinct() != 2 {
		t.Errorf("the argument changed: total %d, distinct %d", b.Total(), b.Distinct())
	}
}

// sameWords compares two lists without regard to order.
func sameWords(a, b string) bool {
	x, y := strings.Fields(a), strings.Fields(b)
	seen := make(map[string]int)
	for _, word := range x {
		seen[word]++
	}
	for _, word := range y {
		seen[word]--
	}
	for _, n := range seen {
		if n != 0 {
			return false
		}
	}
	return true
}

func TestAddJoinsInvalidBytes(t *testing.T) {
	a, b := count(t, "x\xff", all), count(t, "\xfe\xfe", all)
	a.Add(b)
	if a.Invalid() != 3 || b.Invalid() != 2 {
		t.Errorf("got %d and %d invalid bytes, want 3 and 2", a.Invalid(), b.Invalid())
	}
}

func TestTableIsAligned(t *testing.T) {
	var out bytes.Buffer
	err := wordcount.WriteTable(&out, []wordcount.Entry{{Word: "the", Count: 12}, {Word: "été", Count: 7}})
	if want := "    12  the\n     7  été\n"; err != nil || out.String() != want {
		t.Errorf("got %q, %v; want %q", out.String(), err, want)
	}
}
