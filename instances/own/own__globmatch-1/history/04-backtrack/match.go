// Package globmatch matches slash-separated paths against globs with double stars.
package globmatch

import (
	"errors"
	"strings"
)

// ErrBadPattern says that a pattern is malformed.
var ErrBadPattern = errors.New("globmatch: malformed pattern")

// Match tells whether the whole of path matches pattern.
func Match(pattern, path string) (bool, error) {
	patterns := strings.Split(pattern, "/")
	for _, segment := range patterns {
		if !wellFormed(segment) {
			return false, ErrBadPattern
		}
	}
	return matchSegments(patterns, strings.Split(path, "/"))
}

func matchSegments(patterns, names []string) (bool, error) {
	for len(patterns) > 0 {
		if patterns[0] == "**" {
			for skip := 1; skip <= len(names); skip++ {
				matched, err := matchSegments(patterns[1:], names[skip:])
				if matched || err != nil {
					return matched, err
				}
			}
			return false, nil
		}
		if len(names) == 0 {
			return false, nil
		}
		matched, err := matchName(patterns[0], names[0])
		if !matched || err != nil {
			return false, err
		}
		patterns, names = patterns[1:], names[1:]
	}
	return len(names) == 0, nil
}
