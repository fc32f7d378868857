package wordcount

import (
	"strings"
	"testing"
)

func TestCountOfASimpleText(t *testing.T) {
	counts, err := Count(strings.NewReader("To be, or not to be"), Options{})
	if err != nil {
		t.Fatal(err)
	}
	if counts.Total() != 6 || counts.Distinct() != 4 || counts.Of("to") != 2 {
		t.Errorf("total %d, distinct %d, of to %d; want 6, 4, 2", counts.Total(), counts.Distinct(), counts.Of("to"))
	}
}
