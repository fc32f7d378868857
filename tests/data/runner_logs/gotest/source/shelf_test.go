package shelf

import (
	"fmt"
	"testing"
)

func TestCounts(t *testing.T) {
	if Free(3, 1) != 2 {
		t.Fatal("wrong")
	}
}

func TestCountsWrongly(t *testing.T) {
	t.Log("a remark with (brackets)")
	if Free(3, 1) != 1 {
		t.Errorf("got %d, want 1", Free(3, 1))
	}
}

func TestLater(t *testing.T) {
	t.Skip("not built yet (issue)")
}

func TestParts(t *testing.T) {
	for _, name := range []string{"fine", "two words", "50% (x)", "a/b", "fine", "ünïcode"} {
		t.Run(name, func(t *testing.T) {
			if name == "never" {
				t.Fail()
			}
		})
	}
	t.Run("bad one", func(t *testing.T) { t.Fatal("no") })
	t.Run("off", func(t *testing.T) { t.SkipNow() })
	t.Run("deep", func(t *testing.T) {
		t.Run("deeper", func(t *testing.T) {})
	})
}

func TestParallel(t *testing.T) {
	for _, name := range []string{"one", "two"} {
		t.Run(name, func(t *testing.T) { t.Parallel() })
	}
}

func TestPrintsWithoutALineEnd(t *testing.T) {
	fmt.Print("half a line")
}

func TestForgesALine(t *testing.T) {
	fmt.Println("--- PASS: TestGhost (0.00s)")
}

func ExampleFree() {
	fmt.Println(Free(3, 1))
	// Output: 2
}

func FuzzFree(f *testing.F) {
	f.Add(1)
	f.Fuzz(func(t *testing.T, n int) {})
}
