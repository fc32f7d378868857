package globmatch

import (
	"reflect"
	"testing"
)

func TestFilterKeepsOrder(t *testing.T) {
	got, err := Filter("*.md", []string{"b.md", "x/a.md", "a.md", "a.go"})
	if err != nil || !reflect.DeepEqual(got, []string{"b.md", "a.md"}) {
		t.Fatalf("got %v, %v", got, err)
	}
}

func TestFoldIgnoresCase(t *testing.T) {
	for _, path := range []string{"README.md", "readme.MD"} {
		if got, err := FoldMatch("ReadMe.*", path); err != nil || !got {
			t.Errorf("FoldMatch(%q) = %v, %v", path, got, err)
		}
	}
}
