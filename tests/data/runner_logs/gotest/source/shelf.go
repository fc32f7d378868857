// Package shelf holds so many books.
package shelf

// Free counts free places.
func Free(places, books int) int {
	if books > places {
		panic("too many books")
	}
	return places - books
}
