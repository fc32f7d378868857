"""The set itself: two parallel sorted lists, searched with bisect."""

from bisect import bisect_left, bisect_right


class RangeSet:
    """Integers as sorted, disjoint, non-touching half-open ranges."""

    def __init__(self, ranges=()):
        self._starts = []
        self._stops = []
        for start, stop in ranges:
            self.add(start, stop)

    def ranges(self):
        """Iterate over (start, stop) in ascending order."""
        return zip(list(self._starts), list(self._stops))

    def __contains__(self, number):
        index = bisect_right(self._starts, number) - 1
        return index >= 0 and number < self._stops[index]

    def __len__(self):
        return sum(stop - start for start, stop in self.ranges())

    def __repr__(self):
        return "RangeSet(%r)" % (list(self.ranges()),)

    def add(self, start, stop):
        """Add every number from start up to, but not including, stop."""
        if start > stop:
            raise ValueError("start %r is after stop %r" % (start, stop))
        if start == stop:
            return
        index = bisect_left(self._starts, start)
        if index and self._stops[index - 1] >= start:
            index -= 1
            self._stops[index] = stop
        else:
            self._starts.insert(index, start)
            self._stops.insert(index, stop)
        self._absorb(index)

    def discard(self, start, stop):
        """Remove every number from start up to, but not including, stop; numbers that are not there are ignored."""
        if start > stop:
            raise ValueError("start %r is after stop %r" % (start, stop))
        if start == stop:
            return
        first = bisect_right(self._stops, start)
        last = bisect_left(self._starts, stop)
        if first >= last:
            return
        left, right = self._starts[first], self._stops[last - 1]
        keep = [(left, start)] if left < start else []
        if stop < right:
            keep.append((stop, right))
        self._starts[first:last] = [pair[0] for pair in keep]
        self._stops[first:last] = [pair[1] for pair in keep]

    def _absorb(self, index):
        """Merge the range at index with the one that follows, if they touch."""
        if index + 1 < len(self._starts) and self._starts[index + 1] <= self._stops[index]:
            self._stops[index] = max(self._stops[index], self._stops[index + 1])
            del self._starts[index + 1], self._stops[index + 1]
