package globmatch

import "unicode"

// FoldMatch is Match without regard to the case of ASCII letters.
//
// It works on runes and has its own loop; classes are not supported.
func FoldMatch(pattern, path string) (bool, error) {
	return foldRunes([]rune(pattern), []rune(path)), nil
}

func foldRunes(pattern, path []rune) bool {
	for len(pattern) > 0 {
		if pattern[0] == '*' {
			double := len(pattern) > 1 && pattern[1] == '*'
			rest := pattern[1:]
			if double {
				rest = pattern[2:]
			}
			for skip := 0; skip <= len(path); skip++ {
				if foldRunes(rest, path[skip:]) {
					return true
				}
				if skip < len(path) && path[skip] == '/' && !double {
					return false
				}
			}
			return false
		}
		if len(path) == 0 {
			return false
		}
		if pattern[0] == '?' && path[0] == '/' {
			return false
		}
		if pattern[0] != '?' && unicode.ToLower(pattern[0]) != unicode.ToLower(path[0]) {
			return false
		}
		pattern, path = pattern[1:], path[1:]
	}
	return len(path) == 0
}
