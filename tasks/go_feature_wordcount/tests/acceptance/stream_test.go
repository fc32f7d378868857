package acceptance

import (
	"errors"
	"io"
	"runtime"
	"strings"
	"testing"
	"testing/iotest"

	"example.com/wordcount/wordcount"
)

func wantInvalid(t *testing.T, text string, want int) {
	t.Helper()
	if got := count(t, text, all).Invalid(); got != want {
		t.Errorf("%q: %d invalid bytes, want %d", text, got, want)
	}
}

func TestInvalidBytesSeparateWords(t *testing.T) {
	wantWords(t, "ab\xffcd e\xc3 f\x80'g", all, "ab", "cd", "e", "f", "g")
}

func TestInvalidBytesAreCountedOneByOne(t *testing.T) {
	wantInvalid(t, "ab\xffcd", 1)
	wantInvalid(t, "\xe2\x82a", 2)
	wantInvalid(t, "\xed\xa0\x80", 3)
	wantInvalid(t, "\xc0\xaf \xf5", 3)
	wantInvalid(t, "valid Ünïcödé", 0)
}

func TestEncodedReplacementCharacterIsNotInvalid(t *testing.T) {
	wantInvalid(t, "a\ufffdb", 0)
	wantWords(t, "a\ufffdb", all, "a", "b")
}

func TestCharacterCutOffByTheEnd(t *testing.T) {
	wantInvalid(t, "abc\xe2\x82", 2)
	wantWords(t, "abc\xf0\x9f\x8e", all, "abc")
}

func TestPiecesOfTheReaderDoNotMatter(t *testing.T) {
	const text = "Don’t हिन्दी наи\u0301вный \xe2\x82x don't 東京"
	for name, r := range map[string]io.Reader{
		"one byte":        iotest.OneByteReader(strings.NewReader(text)),
		"half":            iotest.HalfReader(strings.NewReader(text)),
		"data with EOF":   iotest.DataErrReader(strings.NewReader(text)),
		"several readers": io.MultiReader(strings.NewReader(text[:4]), strings.NewReader(text[4:5]), strings.NewReader(text[5:])),
	} {
		counts, err := wordcount.Count(r, all)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if counts.Of("don't") != 2 || counts.Of("हिन्दी") != 1 || counts.Total() != 6 || counts.Invalid() != 2 {
			t.Errorf("%s: words %v, invalid %d", name, top(t, counts, counts.Distinct()), counts.Invalid())
		}
	}
}

func TestEveryOffsetOfABuffer(t *testing.T) {
	guard(t, func() {
		for pad := 4080; pad <= 4100; pad++ {
			text := strings.Repeat(" ", pad) + "don’t"
			counts, err := wordcount.Count(strings.NewReader(text), all)
			if err != nil || counts.Of("don't") != 1 || counts.Total() != 1 {
				t.Errorf("after %d spaces: words %v, %v", pad, top(t, counts, counts.Distinct()), err)
			}
		}
	})
}

func TestVeryLongWord(t *testing.T) {
	guard(t, func() {
		word := strings.Repeat("é", 1<<20)
		counts, err := wordcount.Count(strings.NewReader("a "+word+" b"), all)
		if err != nil || counts.Of(word) != 1 || counts.Total() != 3 {
			t.Errorf("total %d, error %v; want 3 words and no error", counts.Total(), err)
		}
	})
}

func TestVeryLongLine(t *testing.T) {
	guard(t, func() {
		counts, err := wordcount.Count(strings.NewReader(strings.Repeat("tick tock ", 1<<17)), all)
		if err != nil || counts.Of("tick") != 1<<17 || counts.Of("tock") != 1<<17 {
			t.Errorf("tick %d times, error %v", counts.Of("tick"), err)
		}
	})
}

func TestReaderFailureKeepsWhatWasCounted(t *testing.T) {
	broken := errors.New("cable pulled")
	counts, err := wordcount.Count(io.MultiReader(strings.NewReader("one two thr"), iotest.ErrReader(broken)), all)
	if !errors.Is(err, broken) {
		t.Errorf("got error %v, want one that wraps %q", err, broken)
	}
	if counts == nil {
		t.Fatal("no counts")
	}
	if counts.Total() != 3 || counts.Of("thr") != 1 {
		t.Errorf("got %v, want one, two and thr", top(t, counts, counts.Distinct()))
	}
}

func TestReaderFailureInsideACharacter(t *testing.T) {
	broken := errors.New("cable pulled")
	counts, err := wordcount.Count(io.MultiReader(strings.NewReader("ab\xe2\x82"), iotest.ErrReader(broken)), all)
	if !errors.Is(err, broken) {
		t.Errorf("got error %v, want one that wraps %q", err, broken)
	}
	if counts == nil {
		t.Fatal("no counts")
	}
	if counts.Of("ab") != 1 || counts.Invalid() != 2 {
		t.Errorf("ab %d times, %d invalid bytes; want 1 and 2", counts.Of("ab"), counts.Invalid())
	}
}

func TestUnexpectedEOFIsAFailure(t *testing.T) {
	_, err := wordcount.Count(io.MultiReader(strings.NewReader("a"), iotest.ErrReader(io.ErrUnexpectedEOF)), all)
	if !errors.Is(err, io.ErrUnexpectedEOF) {
		t.Errorf("got error %v, want one that wraps io.ErrUnexpectedEOF", err)
	}
}

// flood yields the same text many times over and measures the live memory at its end.
type flood struct {
	text string
	left int
	live uint64
}

func (f *flood) Read(p []byte) (int, error) {
	if f.left == 0 {
		if f.live == 0 {
			f.live = liveBytes()
		}
		return 0, io.EOF
	}
	n := 0
	for f.left > 0 && len(p)-n >= len(f.text) {
		n += copy(p[n:], f.text)
		f.left--
	}
	if n == 0 {
		return 0, io.ErrShortBuffer
	}
	return n, nil
}

func liveBytes() uint64 {
	runtime.GC()
	var stats runtime.MemStats
	runtime.ReadMemStats(&stats)
	return stats.HeapAlloc
}

func TestMemoryDoesNotGrowWithTheText(t *testing.T) {
	guard(t, func() {
		const times = 1 << 20
		source := &flood{text: "tick tock don’t\n", left: times}
		before := liveBytes()
		counts, err := wordcount.Count(source, all)
		if err != nil || counts.Of("don't") != times {
			t.Errorf("don't %d times, error %v", counts.Of("don't"), err)
		}
		if source.live > before+4<<20 {
			t.Errorf("%d bytes more were in use after %d bytes of text", source.live-before, times*len(source.text))
		}
	})
}
