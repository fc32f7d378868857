package acceptance

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"
)

func TestShowSendsTheTag(t *testing.T) {
	s := newService(t)
	s.create("a")
	w := s.get("/todos/1")
	s.wantTodo(w, http.StatusOK, todo{ID: 1, Title: "a", Version: 1})
	s.wantTag(w, `"v1"`)
}

func TestIfNoneMatchOnShow(t *testing.T) {
	s := newService(t)
	s.create("a")
	for _, header := range []string{`"v1"`, `W/"v1"`, `*`, `"v7", "v1"`, `"v7",W/"v1" ,"v9"`} {
		w := s.get("/todos/1", "If-None-Match", header)
		if w.Code != http.StatusNotModified || w.Body.Len() != 0 {
			t.Errorf("%s: got %d %s, want 304 without a body", header, w.Code, w.Body)
		}
		s.wantTag(w, `"v1"`)
	}
	for _, header := range []string{`"v2"`, `v1`, `"v11"`, `"V1"`} {
		if w := s.get("/todos/1", "If-None-Match", header); w.Code != http.StatusOK {
			t.Errorf("%s: got %d, want 200", header, w.Code)
		}
	}
	s.wantError(s.get("/todos/2", "If-None-Match", "*"), http.StatusNotFound, "not_found")
}

func TestPatchChangesOneField(t *testing.T) {
	s := newService(t)
	s.create("a")
	w := s.patch("/todos/1", `"v1"`, `{"done": true}`)
	s.wantTodo(w, http.StatusOK, todo{ID: 1, Title: "a", Done: true, Version: 2})
	s.wantTag(w, `"v2"`)
	w = s.patch("/todos/1", `"v2"`, `{"title": " b "}`)
	s.wantTodo(w, http.StatusOK, todo{ID: 1, Title: "b", Done: true, Version: 3})
	s.wantTodo(s.get("/todos/1"), http.StatusOK, todo{ID: 1, Title: "b", Done: true, Version: 3})
}

func TestPatchChangesBothFields(t *testing.T) {
	s := newService(t)
	s.create("a")
	w := s.patch("/todos/1", `"v1"`, `{"title": "b", "done": true}`)
	s.wantTodo(w, http.StatusOK, todo{ID: 1, Title: "b", Done: true, Version: 2})
	w = s.patch("/todos/1", `"v2"`, `{"done": false}`)
	s.wantTodo(w, http.StatusOK, todo{ID: 1, Title: "b", Version: 3})
}

func TestPatchThatChangesNothingKeepsTheVersion(t *testing.T) {
	s := newService(t)
	s.create("a")
	w := s.patch("/todos/1", `"v1"`, `{"title": " a ", "done": false}`)
	s.wantTodo(w, http.StatusOK, todo{ID: 1, Title: "a", Version: 1})
	s.wantTag(w, `"v1"`)
}

func TestPatchNeedsIfMatch(t *testing.T) {
	s := newService(t)
	s.create("a")
	w := s.send("PATCH", "/todos/1", `{"done": true}`, "Content-Type", "application/json")
	s.wantError(w, http.StatusPreconditionRequired, "precondition_required")
	s.wantTodo(s.get("/todos/1"), http.StatusOK, todo{ID: 1, Title: "a", Version: 1})
}

func TestPatchWithATagThatDoesNotMatch(t *testing.T) {
	s := newService(t)
	s.create("a")
	for _, tag := range []string{`"v2"`, `W/"v1"`, `v1`, `"v0", "v3"`, `"v11"`} {
		s.wantError(s.patch("/todos/1", tag, `{"done": true}`), http.StatusPreconditionFailed, "precondition_failed")
	}
	s.wantTodo(s.get("/todos/1"), http.StatusOK, todo{ID: 1, Title: "a", Version: 1})
}

func TestPatchWithOneOfSeveralTags(t *testing.T) {
	s := newService(t)
	s.create("a")
	if w := s.patch("/todos/1", `"v9" ,  "v1"`, `{"done": true}`); w.Code != http.StatusOK {
		t.Errorf("list: got %d %s", w.Code, w.Body)
	}
	if w := s.patch("/todos/1", `*`, `{"done": false}`); w.Code != http.StatusOK {
		t.Errorf("star: got %d %s", w.Code, w.Body)
	}
}

func TestPatchOfNothing(t *testing.T) {
	s := newService(t)
	s.create("a")
	s.wantError(s.patch("/todos/1", `*`, `{}`), http.StatusBadRequest, "empty_patch")
}

func TestPatchChecksItsBody(t *testing.T) {
	s := newService(t)
	s.create("a")
	for _, body := range []string{``, `[]`, `{"done": 1}`, `{"done": null}`, `{"title": null}`, `{"version": 5}`, `{"done": true}{}`} {
		s.wantError(s.patch("/todos/1", `*`, body), http.StatusBadRequest, "invalid_json")
	}
	for _, title := range []string{"", "  ", strings.Repeat("é", 121)} {
		s.wantError(s.patch("/todos/1", `*`, `{"title": "`+title+`"}`), http.StatusBadRequest, "invalid_title")
	}
	s.wantError(s.send("PATCH", "/todos/1", `{}`, "If-Match", "*"), http.StatusUnsupportedMediaType, "unsupported_media_type")
	s.wantError(s.patch("/todos/1", `*`, strings.Repeat(" ", 65537)), http.StatusRequestEntityTooLarge, "body_too_large")
	s.wantTodo(s.get("/todos/1"), http.StatusOK, todo{ID: 1, Title: "a", Version: 1})
}

func TestOrderOfTheChecksOfAPatch(t *testing.T) {
	s := newService(t)
	s.create("a")
	s.wantError(s.send("PATCH", "/todos/2", `{`), http.StatusNotFound, "not_found")
	s.wantError(s.send("PATCH", "/todos/1", `{`), http.StatusPreconditionRequired, "precondition_required")
	s.wantError(s.send("PATCH", "/todos/1", `{`, "If-Match", `"v2"`), http.StatusPreconditionFailed, "precondition_failed")
}

func TestOnlyOneOfManyPatchesWins(t *testing.T) {
	s := newService(t)
	s.create("a")
	const n = 32
	codes := make([]int, n)
	start := make(chan struct{})
	var wg sync.WaitGroup
	for i := 0; i < n; i++ {
		i := i
		wg.Add(1)
		go func() {
			defer wg.Done()
			<-start
			codes[i] = s.patch("/todos/1", `"v1"`, fmt.Sprintf(`{"title": "by %d"}`, i)).Code
		}()
	}
	close(start)
	wg.Wait()
	won := 0
	for _, code := range codes {
		switch code {
		case http.StatusOK:
			won++
		case http.StatusPreconditionFailed:
		default:
			t.Errorf("got status %d", code)
		}
	}
	if won != 1 {
		t.Errorf("%d requests succeeded, want 1", won)
	}
	s.wantTag(s.get("/todos/1"), `"v2"`)
}

func TestStarTakesAnyVersionEvenAtTheSameTime(t *testing.T) {
	s := newService(t)
	s.create("a")
	const n = 32
	start := make(chan struct{})
	var wg sync.WaitGroup
	for i := 0; i < n; i++ {
		i := i
		wg.Add(1)
		go func() {
			defer wg.Done()
			<-start
			if w := s.patch("/todos/1", `*`, fmt.Sprintf(`{"title": "by %d"}`, i)); w.Code != http.StatusOK {
				t.Errorf("got %d %s", w.Code, w.Body)
			}
		}()
	}
	close(start)
	wg.Wait()
	s.wantTag(s.get("/todos/1"), fmt.Sprintf(`"v%d"`, n+1))
}

func TestDelete(t *testing.T) {
	s := newService(t)
	s.create("a", "b")
	if w := s.send("DELETE", "/todos/2", ""); w.Code != http.StatusNoContent || w.Body.Len() != 0 {
		t.Errorf("got %d %s, want 204 without a body", w.Code, w.Body)
	}
	s.wantError(s.get("/todos/2"), http.StatusNotFound, "not_found")
	s.wantError(s.send("DELETE", "/todos/2", ""), http.StatusNotFound, "not_found")
	s.wantError(s.patch("/todos/2", "*", `{"done": true}`), http.StatusNotFound, "not_found")
	s.create("c")
	s.wantTodo(s.get("/todos/3"), http.StatusOK, todo{ID: 3, Title: "c", Version: 1})
}

func TestDeleteWithIfMatch(t *testing.T) {
	s := newService(t)
	s.create("a", "b")
	for _, tag := range []string{`"v2"`, `W/"v1"`} {
		s.wantError(s.send("DELETE", "/todos/1", "", "If-Match", tag), http.StatusPreconditionFailed, "precondition_failed")
	}
	s.wantError(s.send("DELETE", "/todos/9", "", "If-Match", `"v2"`), http.StatusNotFound, "not_found")
	if w := s.send("DELETE", "/todos/1", "", "If-Match", `"v1"`); w.Code != http.StatusNoContent {
		t.Errorf("got %d %s", w.Code, w.Body)
	}
	if w := s.send("DELETE", "/todos/2", "", "If-Match", `*`); w.Code != http.StatusNoContent {
		t.Errorf("star: got %d %s", w.Code, w.Body)
	}
}

// slowBody is a body during whose arrival something else happens.
type slowBody struct {
	io.Reader
	once      sync.Once
	read      chan struct{} // closed by the first Read
	meanwhile func()
}

func (b *slowBody) Read(p []byte) (int, error) {
	b.once.Do(func() {
		close(b.read)
		done := make(chan struct{})
		go func() {
			defer close(done)
			b.meanwhile()
		}()
		select {
		case <-done:
		case <-time.After(2 * time.Second):
			// The service lets the other request wait for this one, which it may.
		}
	})
	return b.Reader.Read(p)
}

// patchSlowly sends a PATCH while another one is made, and returns the answers to both.
func (s service) patchSlowly(tag, body, otherBody string) (slow, other *httptest.ResponseRecorder) {
	s.t.Helper()
	answers := make(chan *httptest.ResponseRecorder, 1)
	arriving := &slowBody{Reader: strings.NewReader(body), read: make(chan struct{}), meanwhile: func() {
		answers <- s.patch("/todos/1", `"v1"`, otherBody)
	}}
	r := httptest.NewRequest("PATCH", "/todos/1", arriving)
	r.Header.Set("Content-Type", "application/json")
	r.Header.Set("If-Match", tag)
	slow = httptest.NewRecorder()
	s.handler.ServeHTTP(slow, r)
	select {
	case <-arriving.read:
	default:
		s.t.Fatalf("the body was not read: %d %s", slow.Code, slow.Body)
	}
	select {
	case other = <-answers:
	case <-time.After(10 * time.Second):
		s.t.Fatal("the other request was not answered")
	}
	return slow, other
}

func TestChangeDuringTheArrivalOfABody(t *testing.T) {
	s := newService(t)
	s.create("a")
	slow, other := s.patchSlowly(`"v1"`, `{"title": "slow"}`, `{"title": "quick"}`)
	if slow.Code+other.Code != http.StatusOK+http.StatusPreconditionFailed {
		t.Errorf("got %d and %d, want one 200 and one 412", slow.Code, other.Code)
	}
	s.wantTag(s.get("/todos/1"), `"v2"`)
}

func TestStarKeepsWhatChangedDuringTheArrivalOfABody(t *testing.T) {
	s := newService(t)
	s.create("a")
	slow, other := s.patchSlowly(`*`, `{"done": true}`, `{"title": "quick"}`)
	if slow.Code != http.StatusOK {
		t.Errorf("got %d %s", slow.Code, slow.Body)
	}
	want := todo{ID: 1, Title: "quick", Done: true, Version: 3}
	if other.Code != http.StatusOK { // it came second
		want = todo{ID: 1, Title: "a", Done: true, Version: 2}
	}
	s.wantTodo(s.get("/todos/1"), http.StatusOK, want)
}
