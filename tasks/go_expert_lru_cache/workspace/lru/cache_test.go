package lru

import "testing"

func TestTheLeastRecentlyUsedEntryIsForgotten(t *testing.T) {
	c, err := New(Options[string, int]{MaxEntries: 2})
	if err != nil {
		t.Fatal(err)
	}
	for i, key := range []string{"a", "b"} {
		if err := c.Set(key, i); err != nil {
			t.Fatal(err)
		}
	}
	c.Get("a")
	if err := c.Set("c", 2); err != nil {
		t.Fatal(err)
	}
	if _, ok := c.Get("b"); ok {
		t.Error("b should have been forgotten")
	}
}
