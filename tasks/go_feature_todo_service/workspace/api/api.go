// Package api serves todos over HTTP.
package api

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strconv"
	"strings"

	"example.com/todo/store"
)

type server struct {
	store *store.Store
}

// New returns a handler that serves the todos of a store.
func New(s *store.Store) http.Handler {
	return &server{store: s}
}

func (s *server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	switch {
	case r.URL.Path == "/healthz":
		writeJSON(w, http.StatusOK, map[string]string{"status": "ok"})
	case r.URL.Path == "/todos":
		s.create(w, r)
	case strings.HasPrefix(r.URL.Path, "/todos/"):
		id, err := strconv.ParseInt(strings.TrimPrefix(r.URL.Path, "/todos/"), 10, 64)
		if err != nil {
			writeError(w, http.StatusNotFound, "not_found", "no such path")
			return
		}
		s.show(w, r, id)
	default:
		writeError(w, http.StatusNotFound, "not_found", "no such path")
	}
}

func (s *server) create(w http.ResponseWriter, r *http.Request) {
	var body struct {
		Title string `json:"title"`
		Done  bool   `json:"done"`
	}
	if err := json.NewDecoder(r.Body).Decode(&body); err != nil {
		writeError(w, http.StatusBadRequest, "invalid_json", err.Error())
		return
	}
	title := strings.TrimSpace(body.Title)
	if title == "" {
		writeError(w, http.StatusBadRequest, "invalid_title", "a todo needs a title")
		return
	}
	todo := s.store.Create(title, body.Done)
	w.Header().Set("Location", fmt.Sprintf("/todos/%d", todo.ID))
	writeJSON(w, http.StatusCreated, todo)
}

func (s *server) show(w http.ResponseWriter, r *http.Request, id int64) {
	todo, err := s.store.Get(id)
	if err != nil {
		writeError(w, http.StatusNotFound, "not_found", err.Error())
		return
	}
	writeJSON(w, http.StatusOK, todo)
}
