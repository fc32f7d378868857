package acceptance

import (
	"net/http"
	"strings"
	"testing"
)

func TestCreateATodo(t *testing.T) {
	s := newService(t)
	w := s.post(`{"title": "  buy milk\n", "done": true}`)
	if w.Code != http.StatusCreated || w.Header().Get("Location") != "/todos/1" {
		t.Errorf("got %d, location %q", w.Code, w.Header().Get("Location"))
	}
	if body := w.Body.String(); !strings.Contains(body, `"title":"buy milk"`) || !strings.Contains(body, `"done":true`) {
		t.Errorf("got %s", body)
	}
	s.wantJSON(w)
}

func TestCreatedTodoHasVersionAndTag(t *testing.T) {
	s := newService(t)
	w := s.post(`{"title": "buy milk"}`)
	s.wantTodo(w, http.StatusCreated, todo{ID: 1, Title: "buy milk", Version: 1})
	s.wantTag(w, `"v1"`)
}

func TestShowATodo(t *testing.T) {
	s := newService(t)
	s.create("a", "b")
	w := s.get("/todos/2")
	if w.Code != http.StatusOK || !strings.Contains(w.Body.String(), `"title":"b"`) {
		t.Errorf("got %d %s", w.Code, w.Body)
	}
	s.wantError(s.get("/todos/3"), http.StatusNotFound, "not_found")
}

func TestHealth(t *testing.T) {
	s := newService(t)
	if w := s.get("/healthz"); w.Code != http.StatusOK || strings.TrimSpace(w.Body.String()) != `{"status":"ok"}` {
		t.Errorf("got %d %s", w.Code, w.Body)
	}
}

func TestUnknownPaths(t *testing.T) {
	s := newService(t)
	for _, path := range []string{"/", "/todo", "/todos/x", "/todos/-1", "/other/1", "/healthz/x", "/todos/99999999999999999999"} {
		s.wantError(s.get(path), http.StatusNotFound, "not_found")
	}
}

func TestIdsHaveOneSpellingOnly(t *testing.T) {
	s := newService(t)
	s.create("a")
	for _, path := range []string{"/todos/0", "/todos/01", "/todos/+1", "/todos/1/", "/todos/"} {
		s.wantError(s.get(path), http.StatusNotFound, "not_found")
		s.wantError(s.send("PUT", path, ""), http.StatusNotFound, "not_found")
	}
}

func TestMethodsThatAPathDoesNotHave(t *testing.T) {
	s := newService(t)
	for _, c := range []struct{ method, path, allow string }{
		{"DELETE", "/todos", "GET, POST"},
		{"PATCH", "/todos", "GET, POST"},
		{"POST", "/todos/1", "DELETE, GET, PATCH"},
		{"PUT", "/todos/77", "DELETE, GET, PATCH"},
		{"POST", "/healthz", "GET"},
	} {
		w := s.send(c.method, c.path, `{"title": "x"}`, "Content-Type", "application/json")
		s.wantError(w, http.StatusMethodNotAllowed, "method_not_allowed")
		if got := w.Header().Get("Allow"); got != c.allow {
			t.Errorf("%s %s: allow %q, want %q", c.method, c.path, got, c.allow)
		}
	}
}

func TestMediaTypeOfABody(t *testing.T) {
	s := newService(t)
	for _, good := range []string{"application/json", "Application/JSON", "application/json; charset=utf-8"} {
		if w := s.send("POST", "/todos", `{"title": "a"}`, "Content-Type", good); w.Code != http.StatusCreated {
			t.Errorf("%s: got %d %s", good, w.Code, w.Body)
		}
	}
	for _, bad := range []string{"text/plain", "application/jsonp", "application/x-www-form-urlencoded", "json"} {
		w := s.send("POST", "/todos", `{"title": "a"}`, "Content-Type", bad)
		s.wantError(w, http.StatusUnsupportedMediaType, "unsupported_media_type")
	}
	s.wantError(s.send("POST", "/todos", `{"title": "a"}`), http.StatusUnsupportedMediaType, "unsupported_media_type")
}

func TestBodyThatIsNoJSON(t *testing.T) {
	s := newService(t)
	for _, body := range []string{"", "{", `{"title": "a"`, "title", `[]`, `"a"`, `{"title": 5}`, `{"title": "a", "done": "yes"}`} {
		s.wantError(s.post(body), http.StatusBadRequest, "invalid_json")
	}
}

func TestBodyIsExactlyOneObject(t *testing.T) {
	s := newService(t)
	for _, body := range []string{`{"title": "a"} {}`, `{"title": "a"}]`, `null`, `{"title": "a"} x`} {
		s.wantError(s.post(body), http.StatusBadRequest, "invalid_json")
	}
	if w := s.post(" \n{\"title\": \"a\"}\n "); w.Code != http.StatusCreated {
		t.Errorf("white space around: got %d %s", w.Code, w.Body)
	}
}

func TestUnknownFieldsAndNull(t *testing.T) {
	s := newService(t)
	for _, body := range []string{
		`{"title": "a", "colour": "red"}`, `{"title": "a", "id": 7}`, `{"title": null}`, `{"title": "a", "done": null}`,
	} {
		s.wantError(s.post(body), http.StatusBadRequest, "invalid_json")
	}
}

func TestTitlesThatAreMissingOrBlank(t *testing.T) {
	s := newService(t)
	for _, body := range []string{`{}`, `{"done": true}`, `{"title": ""}`, `{"title": " \t\n "}`} {
		s.wantError(s.post(body), http.StatusBadRequest, "invalid_title")
	}
}

func TestLengthOfATitle(t *testing.T) {
	s := newService(t)
	s.create(strings.Repeat("x", 120), strings.Repeat("東", 120), "  "+strings.Repeat("é", 120)+"  ")
	for _, title := range []string{strings.Repeat("x", 121), strings.Repeat("東", 121)} {
		s.wantError(s.post(`{"title": "`+title+`"}`), http.StatusBadRequest, "invalid_title")
	}
}

func TestSizeOfABody(t *testing.T) {
	s := newService(t)
	body := `{"title": "a"}`
	if w := s.post(body + strings.Repeat(" ", 65536-len(body))); w.Code != http.StatusCreated {
		t.Errorf("65536 bytes: got %d %s", w.Code, w.Body)
	}
	s.wantError(s.post(body+strings.Repeat(" ", 65537-len(body))), http.StatusRequestEntityTooLarge, "body_too_large")
	s.wantError(s.post(strings.Repeat("x", 1<<20)), http.StatusRequestEntityTooLarge, "body_too_large")
}

func TestMediaTypeIsCheckedBeforeSize(t *testing.T) {
	s := newService(t)
	w := s.send("POST", "/todos", strings.Repeat("x", 1<<20), "Content-Type", "text/plain")
	s.wantError(w, http.StatusUnsupportedMediaType, "unsupported_media_type")
}
