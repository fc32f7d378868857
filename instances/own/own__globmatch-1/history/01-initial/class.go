package globmatch

// matchClass tells whether char is a member of the class at the start of pattern, and what follows the class.
func matchClass(pattern string, char byte) (bool, string, error) {
	negated := len(pattern) > 0 && pattern[0] == '!'
	if negated {
		pattern = pattern[1:]
	}
	member := false
	for first := true; ; first = false {
		if pattern == "" {
			return false, "", ErrBadPattern
		}
		low := pattern[0]
		pattern = pattern[1:]
		if low == ']' && !first {
			return member != negated, pattern, nil
		}
		high := low
		if len(pattern) > 1 && pattern[0] == '-' && pattern[1] != ']' {
			high = pattern[1]
			pattern = pattern[2:]
		}
		if low <= char && char < high {
			member = true
		}
	}
}
