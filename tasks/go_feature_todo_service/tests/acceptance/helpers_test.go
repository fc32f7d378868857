// Package acceptance checks the todo service through its handler.
package acceptance

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"example.com/todo/api"
	"example.com/todo/store"
)

type todo struct {
	ID      int64
	Title   string
	Done    bool
	Version int64
}

type service struct {
	t       *testing.T
	handler http.Handler
}

func newService(t *testing.T) service {
	return service{t, api.New(store.New())}
}

// send makes a request. Headers are given as name, value, name, value.
func (s service) send(method, target, body string, headers ...string) *httptest.ResponseRecorder {
	s.t.Helper()
	r := httptest.NewRequest(method, target, strings.NewReader(body))
	for i := 0; i < len(headers); i += 2 {
		r.Header.Add(headers[i], headers[i+1])
	}
	w := httptest.NewRecorder()
	s.handler.ServeHTTP(w, r)
	return w
}

func (s service) get(target string, headers ...string) *httptest.ResponseRecorder {
	s.t.Helper()
	return s.send("GET", target, "", headers...)
}

func (s service) post(body string) *httptest.ResponseRecorder {
	s.t.Helper()
	return s.send("POST", "/todos", body, "Content-Type", "application/json")
}

func (s service) patch(target, tag, body string) *httptest.ResponseRecorder {
	s.t.Helper()
	return s.send("PATCH", target, body, "Content-Type", "application/json", "If-Match", tag)
}

// create adds todos with the given titles.
func (s service) create(titles ...string) {
	s.t.Helper()
	for _, title := range titles {
		body, err := json.Marshal(map[string]string{"title": title})
		if err != nil {
			s.t.Fatal(err)
		}
		if w := s.post(string(body)); w.Code != http.StatusCreated {
			s.t.Fatalf("creating %q: %d %s", title, w.Code, w.Body)
		}
	}
}

func (s service) wantTodo(w *httptest.ResponseRecorder, status int, want todo) {
	s.t.Helper()
	var got todo
	if err := json.Unmarshal(w.Body.Bytes(), &got); err != nil || w.Code != status || got != want {
		s.t.Errorf("got %d %s, want %d %+v", w.Code, w.Body, status, want)
	}
	s.wantJSON(w)
}

func (s service) wantError(w *httptest.ResponseRecorder, status int, code string) {
	s.t.Helper()
	var body struct {
		Error struct{ Code, Message string }
	}
	if err := json.Unmarshal(w.Body.Bytes(), &body); err != nil || w.Code != status || body.Error.Code != code {
		s.t.Errorf("got %d %s, want %d %s", w.Code, w.Body, status, code)
		return
	}
	if body.Error.Message == "" {
		s.t.Errorf("the error has no message: %s", w.Body)
	}
	s.wantJSON(w)
}

func (s service) wantJSON(w *httptest.ResponseRecorder) {
	s.t.Helper()
	if got := w.Header().Get("Content-Type"); got != "application/json" {
		s.t.Errorf("content type %q, want application/json", got)
	}
}

func (s service) wantTag(w *httptest.ResponseRecorder, want string) {
	s.t.Helper()
	if got := w.Header().Get("ETag"); got != want {
		s.t.Errorf("entity tag %s, want %s", got, want)
	}
}
