package interval

import "sort"

// Merge returns the instants of all the given intervals as the fewest possible
// intervals, sorted by start. Intervals that overlap or touch become one; empty
// ones are dropped. The argument is not changed.
func Merge(intervals []Interval) []Interval {
	sorted := make([]Interval, 0, len(intervals))
	for _, iv := range intervals {
		if !iv.Empty() {
			sorted = append(sorted, iv)
		}
	}
	sort.SliceStable(sorted, func(i, j int) bool { return sorted[i].Start.Before(sorted[j].Start) })

	var merged []Interval
	for _, iv := range sorted {
		if n := len(merged); n > 0 && !iv.Start.After(merged[n-1].End) {
			merged[n-1].End = later(merged[n-1].End, iv.End)
			continue
		}
		merged = append(merged, iv)
	}
	return merged
}

// Free returns the gaps that the busy intervals leave in window, sorted by
// start. None of them is empty.
func Free(window Interval, busy []Interval) []Interval {
	var gaps []Interval
	at := window.Start
	for _, iv := range Merge(busy) {
		part, ok := iv.Intersect(window)
		if !ok {
			continue
		}
		if at.Before(part.Start) {
			gaps = append(gaps, Interval{Start: at, End: part.Start})
		}
		at = part.End
	}
	if at.Before(window.End) {
		gaps = append(gaps, Interval{Start: at, End: window.End})
	}
	return gaps
}
