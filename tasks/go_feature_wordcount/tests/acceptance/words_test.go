// Package acceptance checks wordcount from outside.
package acceptance

import (
	"strings"
	"testing"
	"time"

	"example.com/wordcount/wordcount"
)

// guard runs f and fails the test, and only this one, if f never ends.
func guard(t *testing.T, f func()) {
	t.Helper()
	done := make(chan struct{})
	go func() {
		defer close(done)
		f()
	}()
	select {
	case <-done:
	case <-time.After(30 * time.Second):
		t.Fatal("still not done after 30 seconds")
	}
}

func count(t *testing.T, text string, opts wordcount.Options) *wordcount.Counts {
	t.Helper()
	counts, err := wordcount.Count(strings.NewReader(text), opts)
	if err != nil {
		t.Fatalf("Count: %v", err)
	}
	if counts == nil {
		t.Fatal("Count returned no counts")
	}
	return counts
}

// top returns the most frequent words. A panic fails this test only.
func top(t *testing.T, counts *wordcount.Counts, n int) []wordcount.Entry {
	t.Helper()
	defer func() {
		if r := recover(); r != nil {
			t.Fatalf("Top(%d) panics: %v", n, r)
		}
	}()
	return counts.Top(n)
}

// wantWords checks that a text has exactly these words, each once for every time it is listed.
func wantWords(t *testing.T, text string, opts wordcount.Options, words ...string) {
	t.Helper()
	counts := count(t, text, opts)
	want := make(map[string]int)
	for _, word := range words {
		want[word]++
	}
	got := make(map[string]int)
	for _, e := range top(t, counts, counts.Distinct()) {
		got[e.Word] = e.Count
	}
	if len(got) != len(want) {
		t.Errorf("%q: got %v, want %v", text, got, want)
		return
	}
	for word, n := range want {
		if got[word] != n {
			t.Errorf("%q: got %v, want %v", text, got, want)
			return
		}
	}
	if counts.Total() != len(words) || counts.Distinct() != len(want) {
		t.Errorf("%q: total %d, distinct %d; want %d, %d", text, counts.Total(), counts.Distinct(), len(words), len(want))
	}
}

var all = wordcount.Options{}

func TestPlainEnglish(t *testing.T) {
	wantWords(t, "To be, or not\nto be.", all, "to", "be", "or", "not", "to", "be")
}

func TestTextWithoutWords(t *testing.T) {
	wantWords(t, "", all)
	wantWords(t, " \n\t--- !?", all)
}

func TestLettersOfManyScripts(t *testing.T) {
	wantWords(t, "Straße ÄRGER Ελλάδα Привет 東京 שלום", all, "straße", "ärger", "ελλάδα", "привет", "東京", "שלום")
}

func TestModifierAndOtherLetters(t *testing.T) {
	wantWords(t, "Hawaiʻi ʼn ªº ǅ", all, "hawaiʻi", "ʼn", "ªº", "ǆ")
}

func TestCombiningMarksStayInTheWord(t *testing.T) {
	wantWords(t, "наи\u0301вный cafe\u0301s", all, "наи\u0301вный", "cafe\u0301s")
}

func TestVowelSignsStayInTheWord(t *testing.T) {
	wantWords(t, "हिन्दी भाषा", all, "हिन्दी", "भाषा")
}

func TestMarkWithoutAWordBeforeItSeparates(t *testing.T) {
	wantWords(t, "\u0301a \u0301 b\u0301", all, "a", "b\u0301")
	wantWords(t, "-\u0301\u0302-", all)
}

func TestMarkMayFollowADigitOrAMark(t *testing.T) {
	wantWords(t, "1\u20e3\u0301x a\u0301\u0323", all, "1\u20e3\u0301x", "a\u0301\u0323")
}

func TestDecimalDigitsOfAnyScript(t *testing.T) {
	wantWords(t, "42 3.14 ٤٢ x2y", all, "42", "3", "14", "٤٢", "x2y")
}

func TestOtherNumbersSeparate(t *testing.T) {
	wantWords(t, "a½b c²d Ⅷ", all, "a", "b", "c", "d")
}

func TestPunctuationAndSymbolsSeparate(t *testing.T) {
	wantWords(t, "well-known snake_case a/b 1+1 🎉party🎉 x\u200dy soft\u00adhyphen", all,
		"well", "known", "snake", "case", "a", "b", "1", "1", "party", "x", "y", "soft", "hyphen")
}

func TestApostropheInsideAWord(t *testing.T) {
	wantWords(t, "don't o'clock l'été 5'10", all, "don't", "o'clock", "l'été", "5'10")
}

func TestTypographicApostropheIsWrittenPlain(t *testing.T) {
	wantWords(t, "Don’t don't O’Neill’s", all, "don't", "don't", "o'neill's")
}

func TestApostropheAtTheEdgeOfAWord(t *testing.T) {
	wantWords(t, "rock 'n' roll ’90s dogs' end’", all, "rock", "n", "roll", "90s", "dogs", "end")
}

func TestTwoApostrophesSeparate(t *testing.T) {
	wantWords(t, "l''eau a’'b '' '", all, "l", "eau", "a", "b")
}

func TestApostropheNextToAMark(t *testing.T) {
	wantWords(t, "e\u0301't", all, "e\u0301't")
	wantWords(t, "a'\u0301b", all, "a", "b")
}

func TestCaseIsFoldedCharacterByCharacter(t *testing.T) {
	wantWords(t, "ΟΔΟΣ οδος οδοσ", all, "οδοσ", "οδος", "οδοσ")
	wantWords(t, "STRASSE straẞe", all, "strasse", "straße")
}

func TestNoNormalisation(t *testing.T) {
	wantWords(t, "caf\u00e9 cafe\u0301", all, "caf\u00e9", "cafe\u0301")
}

func TestMinLengthCountsLettersAndDigits(t *testing.T) {
	opts := wordcount.Options{MinLength: 3}
	wantWords(t, "a an the 12 123 東京 東京都", opts, "the", "123", "東京都")
}

func TestMinLengthIgnoresMarksAndApostrophes(t *testing.T) {
	opts := wordcount.Options{MinLength: 3}
	wantWords(t, "e\u0301e\u0301 i'm don't abc\u0301", opts, "don't", "abc\u0301")
}

func TestMinLengthBelowTwoKeepsAll(t *testing.T) {
	wantWords(t, "a bc", wordcount.Options{MinLength: 1}, "a", "bc")
	wantWords(t, "a bc", wordcount.Options{MinLength: -5}, "a", "bc")
}

func TestStopWordsInAnyCase(t *testing.T) {
	opts := wordcount.Options{StopWords: []string{"The", "ÜBER", "don’t"}}
	wantWords(t, "the THE über them don't Don’t", opts, "them")
}
