package inner

import "testing"

// The same name as in the package above, which fails there.
func TestCountsWrongly(t *testing.T) {}

func TestInner(t *testing.T) {}
