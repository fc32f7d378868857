package globmatch

import (
	"errors"
	"testing"
)

type example struct {
	pattern, path string
	want          bool
}

func check(t *testing.T, examples []example) {
	t.Helper()
	for _, e := range examples {
		got, err := Match(e.pattern, e.path)
		if err != nil || got != e.want {
			t.Errorf("Match(%q, %q) = %v, %v; want %v", e.pattern, e.path, got, err, e.want)
		}
	}
}

func TestMatch(t *testing.T) {
	t.Run("literal", func(t *testing.T) {
		check(t, []example{{"a/b", "a/b", true}, {"a/b", "a/c", false}, {"a", "a/b", false}, {"a/b", "a", false}})
	})
	t.Run("star stays in its segment", func(t *testing.T) {
		check(t, []example{{"*.go", "x.go", true}, {"*.go", "a/x.go", false}, {"a*c", "abbc", true}, {"*", "", true}})
	})
	t.Run("question mark", func(t *testing.T) {
		check(t, []example{{"?.go", "x.go", true}, {"?", "", false}, {"a?b", "a/b", false}})
	})
	t.Run("escape", func(t *testing.T) {
		check(t, []example{{`\*`, "*", true}, {`\*`, "x", false}})
	})
}

func TestClass(t *testing.T) {
	check(t, []example{
		{"[abc]", "b", true}, {"[abc]", "d", false}, {"[a-c]x", "cx", true}, {"[!a-c]", "d", true}, {"[!a-c]", "c", false},
		{"[]x]", "]", true}, {"[a-]", "-", true},
	})
}

func TestBadPattern(t *testing.T) {
	for _, pattern := range []string{"[a", "[", `a\`} {
		if _, err := Match(pattern, "a"); !errors.Is(err, ErrBadPattern) {
			t.Errorf("Match(%q) gave %v", pattern, err)
		}
	}
}

func TestDoubleStarSpansSegments(t *testing.T) {
	check(t, []example{{"a/**/z", "a/b/c/z", true}, {"a/**/z", "a/b/c", false}, {"**", "a/b", true}})
}
