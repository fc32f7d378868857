// Package api serves todos over HTTP.
package api

import (
	"errors"
	"fmt"
	"net/http"
	"sort"
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

type methods map[string]func(w http.ResponseWriter, r *http.Request) error

func (s *server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	err := error(errNoPath)
	if known := s.route(r.URL.Path); known != nil {
		handle, ok := known[r.Method]
		if ok {
			err = handle(w, r)
		} else {
			w.Header().Set("Allow", known.allow())
			err = problem{http.StatusMethodNotAllowed, "method_not_allowed", r.Method + " is not possible here"}
		}
	}
	if err != nil {
		writeError(w, err)
	}
}

// route returns the methods of a path, or nil if it is not known.
func (s *server) route(path string) methods {
	switch path {
	case "/healthz":
		return methods{"GET": s.health}
	case "/todos":
		return methods{"GET": s.list, "POST": s.create}
	}
	if !strings.HasPrefix(path, "/todos/") {
		return nil
	}
	text := strings.TrimPrefix(path, "/todos/")
	id, err := strconv.ParseInt(text, 10, 64)
	// Every todo has one path only: what is not written as we write it is unknown.
	if err != nil || id < 1 || strconv.FormatInt(id, 10) != text {
		return nil
	}
	with := func(f func(http.ResponseWriter, *http.Request, int64) error) func(http.ResponseWriter, *http.Request) error {
		return func(w http.ResponseWriter, r *http.Request) error { return f(w, r, id) }
	}
	return methods{"GET": with(s.show), "PATCH": with(s.change), "DELETE": with(s.remove)}
}

func (m methods) allow() string {
	var names []string
	for name := range m {
		names = append(names, name)
	}
	sort.Strings(names)
	return strings.Join(names, ", ")
}

func (s *server) health(w http.ResponseWriter, _ *http.Request) error {
	writeJSON(w, http.StatusOK, map[string]string{"status": "ok"})
	return nil
}

func (s *server) create(w http.ResponseWriter, r *http.Request) error {
	body, err := readBody(w, r)
	if err != nil {
		return err
	}
	if body.Title == nil {
		return problem{http.StatusBadRequest, "invalid_title", "a todo needs a title"}
	}
	todo := s.store.Create(*body.Title, body.Done != nil && *body.Done)
	w.Header().Set("Location", fmt.Sprintf("/todos/%d", todo.ID))
	writeTodo(w, http.StatusCreated, todo)
	return nil
}

func (s *server) show(w http.ResponseWriter, r *http.Request, id int64) error {
	todo, err := s.store.Get(id)
	if err != nil {
		return err
	}
	if wanted := r.Header.Values("If-None-Match"); len(wanted) > 0 && matchesWeakly(wanted, todo) {
		w.Header().Set("ETag", tag(todo))
		w.WriteHeader(http.StatusNotModified)
		return nil
	}
	writeTodo(w, http.StatusOK, todo)
	return nil
}

func (s *server) change(w http.ResponseWriter, r *http.Request, id int64) error {
	todo, err := s.store.Get(id)
	if err != nil {
		return err
	}
	wanted := r.Header.Values("If-Match")
	if len(wanted) == 0 {
		return problem{http.StatusPreconditionRequired, "precondition_required", "If-Match is missing"}
	}
	if !matches(wanted, todo) {
		return store.ErrChanged
	}
	body, err := readBody(w, r)
	if err != nil {
		return err
	}
	if body.Title == nil && body.Done == nil {
		return problem{http.StatusBadRequest, "empty_patch", "there is nothing to change"}
	}
	todo, err = s.update(todo, wanted, store.Change{Title: body.Title, Done: body.Done})
	if err != nil {
		return err
	}
	writeTodo(w, http.StatusOK, todo)
	return nil
}

// update changes a todo that may have been changed since it was read. That
// matters only if the new version is not wanted: "*" takes any.
func (s *server) update(todo store.Todo, wanted []string, change store.Change) (store.Todo, error) {
	for {
		changed, err := s.store.Update(todo.ID, todo.Version, change)
		if !errors.Is(err, store.ErrChanged) {
			return changed, err
		}
		if todo, err = s.store.Get(todo.ID); err != nil {
			return store.Todo{}, err
		}
		if !matches(wanted, todo) {
			return store.Todo{}, store.ErrChanged
		}
	}
}

func (s *server) remove(w http.ResponseWriter, r *http.Request, id int64) error {
	wanted := r.Header.Values("If-Match")
	err := s.store.Delete(id, func(todo store.Todo) bool { return len(wanted) == 0 || matches(wanted, todo) })
	if err != nil {
		return err
	}
	w.WriteHeader(http.StatusNoContent)
	return nil
}

func (s *server) list(w http.ResponseWriter, r *http.Request) error {
	filter, err := parseQuery(r.URL.RawQuery)
	if err != nil {
		return err
	}
	todos, more := s.store.List(filter)
	page := struct {
		Items []store.Todo `json:"items"`
		Next  int64        `json:"next,omitempty"`
	}{Items: todos}
	if more {
		page.Next = todos[len(todos)-1].ID
	}
	writeJSON(w, http.StatusOK, page)
	return nil
}
