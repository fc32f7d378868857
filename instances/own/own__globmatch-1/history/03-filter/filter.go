package globmatch

// Filter returns the paths that match pattern, in their order.
func Filter(pattern string, paths []string) ([]string, error) {
	var kept []string
	for _, path := range paths {
		matched, err := Match(pattern, path)
		if err != nil {
			return nil, err
		}
		if matched {
			kept = append(kept, path)
		}
	}
	return kept, nil
}
