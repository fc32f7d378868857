package api

import (
	"encoding/json"
	"errors"
	"net/http"

	"example.com/todo/store"
)

// problem is an error that knows how it is answered.
type problem struct {
	status  int
	code    string
	message string
}

func (p problem) Error() string { return p.message }

var errNoPath = problem{http.StatusNotFound, "not_found", "no such path"}

func writeJSON(w http.ResponseWriter, status int, body any) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	// A client that has gone away is no concern of ours.
	_ = json.NewEncoder(w).Encode(body)
}

func writeTodo(w http.ResponseWriter, status int, todo store.Todo) {
	w.Header().Set("ETag", tag(todo))
	writeJSON(w, status, todo)
}

func writeError(w http.ResponseWriter, err error) {
	var p problem
	switch {
	case errors.As(err, &p):
	case errors.Is(err, store.ErrNotFound):
		p = problem{http.StatusNotFound, "not_found", err.Error()}
	case errors.Is(err, store.ErrChanged):
		p = problem{http.StatusPreconditionFailed, "precondition_failed", err.Error()}
	default:
		p = problem{http.StatusInternalServerError, "internal", "something went wrong"}
	}
	writeJSON(w, p.status, map[string]map[string]string{"error": {"code": p.code, "message": p.message}})
}
