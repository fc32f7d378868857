package api

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"example.com/todo/store"
)

func TestCreateAndShow(t *testing.T) {
	handler := New(store.New())
	r := httptest.NewRequest("POST", "/todos", strings.NewReader(`{"title": "buy milk"}`))
	r.Header.Set("Content-Type", "application/json")
	w := httptest.NewRecorder()
	handler.ServeHTTP(w, r)
	if w.Code != http.StatusCreated || w.Header().Get("Location") != "/todos/1" {
		t.Fatalf("got %d %s", w.Code, w.Body)
	}
	w = httptest.NewRecorder()
	handler.ServeHTTP(w, httptest.NewRequest("GET", "/todos/1", nil))
	if w.Code != http.StatusOK || !strings.Contains(w.Body.String(), "buy milk") {
		t.Errorf("got %d %s", w.Code, w.Body)
	}
}
