// Package acceptance checks the packages of roombook from outside.
package acceptance

import (
	"testing"
	"time"

	"example.com/roombook/interval"
)

// at returns an instant on one day, given as hour and minute.
func at(hour, minute int) time.Time {
	return time.Date(2024, time.January, 15, hour, minute, 0, 0, time.UTC)
}

func span(fromHour, toHour int) interval.Interval {
	return interval.Interval{Start: at(fromHour, 0), End: at(toHour, 0)}
}

func same(a, b []interval.Interval) bool {
	if len(a) != len(b) {
		return false
	}
	for i := range a {
		if !a[i].Start.Equal(b[i].Start) || !a[i].End.Equal(b[i].End) {
			return false
		}
	}
	return true
}

func TestContains(t *testing.T) {
	iv := span(9, 10)
	cases := map[string]struct {
		when time.Time
		want bool
	}{
		"before":     {at(9, 0).Add(-1), false},
		"start":      {at(9, 0), true},
		"middle":     {at(9, 30), true},
		"last_nano":  {at(10, 0).Add(-1), true},
		"end":        {at(10, 0), false},
		"after":      {at(10, 0).Add(1), false},
		"other_zone": {at(9, 30).In(time.FixedZone("CET", 3600)), true},
	}
	for name, c := range cases {
		if got := iv.Contains(c.when); got != c.want {
			t.Errorf("%s: Contains(%s) = %v, want %v", name, c.when, got, c.want)
		}
	}
}

func TestEmptyIntervalContainsNothing(t *testing.T) {
	if span(9, 9).Contains(at(9, 0)) {
		t.Error("an empty interval contains its start")
	}
	if (interval.Interval{}).Contains(time.Time{}) {
		t.Error("the zero interval contains the zero time")
	}
}

func TestOverlaps(t *testing.T) {
	cases := map[string]struct {
		a, b interval.Interval
		want bool
	}{
		"partly":               {span(9, 11), span(10, 12), true},
		"nested":               {span(9, 17), span(11, 12), true},
		"equal":                {span(9, 10), span(9, 10), true},
		"same_start":           {span(9, 10), span(9, 12), true},
		"same_end":             {span(9, 12), span(11, 12), true},
		"touching":             {span(9, 10), span(10, 11), false},
		"apart":                {span(9, 10), span(13, 14), false},
		"one_nano":             {interval.Interval{Start: at(9, 0), End: at(10, 0).Add(1)}, span(10, 11), true},
		"empty_inside":         {span(9, 11), span(10, 10), false},
		"empty_at_start":       {span(9, 11), span(9, 9), false},
		"empty_at_end":         {span(9, 11), span(11, 11), false},
		"empty_with_itself":    {span(9, 9), span(9, 9), false},
		"zero_with_zero":       {interval.Interval{}, interval.Interval{}, false},
		"empty_far_from_other": {span(9, 11), span(15, 15), false},
	}
	for name, c := range cases {
		c := c
		t.Run(name, func(t *testing.T) {
			if got := c.a.Overlaps(c.b); got != c.want {
				t.Errorf("a.Overlaps(b) = %v, want %v", got, c.want)
			}
			if got := c.b.Overlaps(c.a); got != c.want {
				t.Errorf("b.Overlaps(a) = %v, want %v", got, c.want)
			}
		})
	}
}

func TestOverlapsComparesInstantsNotWallClocks(t *testing.T) {
	berlin := time.FixedZone("CET", 3600)
	morning := interval.Interval{
		Start: time.Date(2024, time.January, 15, 10, 0, 0, 0, berlin),
		End:   time.Date(2024, time.January, 15, 11, 0, 0, 0, berlin),
	}
	if morning.Overlaps(span(10, 11)) {
		t.Error("10:00 to 11:00 in Berlin ends where 10:00 UTC begins")
	}
	if !morning.Overlaps(span(9, 10)) {
		t.Error("10:00 to 11:00 in Berlin is 09:00 to 10:00 UTC")
	}
}

func TestIntersect(t *testing.T) {
	cases := map[string]struct {
		a, b, want interval.Interval
		ok         bool
	}{
		"partly":   {span(9, 11), span(10, 12), span(10, 11), true},
		"nested":   {span(9, 17), span(11, 12), span(11, 12), true},
		"touching": {span(9, 10), span(10, 11), interval.Interval{}, false},
		"apart":    {span(9, 10), span(13, 14), interval.Interval{}, false},
		"empty":    {span(9, 11), span(10, 10), interval.Interval{}, false},
	}
	for name, c := range cases {
		c := c
		t.Run(name, func(t *testing.T) {
			for _, pair := range [][2]interval.Interval{{c.a, c.b}, {c.b, c.a}} {
				got, ok := pair[0].Intersect(pair[1])
				if ok != c.ok || !got.Start.Equal(c.want.Start) || !got.End.Equal(c.want.End) {
					t.Errorf("%v and %v: got %v, %v; want %v, %v", pair[0], pair[1], got, ok, c.want, c.ok)
				}
			}
		})
	}
}

func TestMerge(t *testing.T) {
	cases := map[string]struct{ in, want []interval.Interval }{
		"nothing":         {nil, nil},
		"overlapping":     {[]interval.Interval{span(9, 11), span(10, 12)}, []interval.Interval{span(9, 12)}},
		"touching":        {[]interval.Interval{span(9, 10), span(10, 11)}, []interval.Interval{span(9, 11)}},
		"touching_chain":  {[]interval.Interval{span(11, 12), span(9, 10), span(10, 11)}, []interval.Interval{span(9, 12)}},
		"apart":           {[]interval.Interval{span(13, 14), span(9, 10)}, []interval.Interval{span(9, 10), span(13, 14)}},
		"nested":          {[]interval.Interval{span(9, 17), span(10, 11), span(12, 13)}, []interval.Interval{span(9, 17)}},
		"drops_empty":     {[]interval.Interval{span(8, 8), span(9, 10), span(9, 9)}, []interval.Interval{span(9, 10)}},
		"empty_no_bridge": {[]interval.Interval{span(9, 10), span(11, 11), span(12, 13)}, []interval.Interval{span(9, 10), span(12, 13)}},
	}
	for name, c := range cases {
		c := c
		t.Run(name, func(t *testing.T) {
			if got := interval.Merge(c.in); !same(got, c.want) {
				t.Errorf("got %v, want %v", got, c.want)
			}
		})
	}
}

func TestMergeLeavesItsArgumentAlone(t *testing.T) {
	in := []interval.Interval{span(11, 12), span(9, 10), span(10, 11)}
	interval.Merge(in)
	if !same(in, []interval.Interval{span(11, 12), span(9, 10), span(10, 11)}) {
		t.Errorf("the argument became %v", in)
	}
}

func TestFree(t *testing.T) {
	day := span(9, 17)
	cases := map[string]struct{ busy, want []interval.Interval }{
		"whole_day":        {nil, []interval.Interval{day}},
		"gaps_around":      {[]interval.Interval{span(10, 11), span(13, 14)}, []interval.Interval{span(9, 10), span(11, 13), span(14, 17)}},
		"back_to_back":     {[]interval.Interval{span(9, 12), span(12, 17)}, nil},
		"at_both_edges":    {[]interval.Interval{span(9, 10), span(16, 17)}, []interval.Interval{span(10, 16)}},
		"outside_touching": {[]interval.Interval{span(8, 9), span(17, 18)}, []interval.Interval{day}},
		"over_the_edges":   {[]interval.Interval{span(7, 10), span(16, 20)}, []interval.Interval{span(10, 16)}},
		"empty_busy":       {[]interval.Interval{span(12, 12)}, []interval.Interval{day}},
	}
	for name, c := range cases {
		if got := interval.Free(day, c.busy); !same(got, c.want) {
			t.Errorf("%s: got %v, want %v", name, got, c.want)
		}
	}
}
