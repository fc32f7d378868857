package globmatch

// matchName matches one segment, byte by byte.
func matchName(pattern, name string) (bool, error) {
	for len(pattern) > 0 {
		switch pattern[0] {
		case '*':
			for skip := 0; skip <= len(name); skip++ {
				matched, err := matchName(pattern[1:], name[skip:])
				if matched || err != nil {
					return matched, err
				}
			}
			return false, nil
		case '?':
			if name == "" {
				return false, nil
			}
			pattern, name = pattern[1:], name[1:]
		case '[':
			if name == "" {
				return false, nil
			}
			member, rest, err := matchClass(pattern[1:], name[0])
			if err != nil || !member {
				return false, err
			}
			pattern, name = rest, name[1:]
		default:
			if pattern[0] == '\\' {
				if len(pattern) == 1 {
					return false, ErrBadPattern
				}
				pattern = pattern[1:]
			}
			if name == "" || name[0] != pattern[0] {
				return false, nil
			}
			pattern, name = pattern[1:], name[1:]
		}
	}
	return name == "", nil
}
