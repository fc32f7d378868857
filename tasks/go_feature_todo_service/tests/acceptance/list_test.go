package acceptance

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"testing"
)

// page lists todos and returns their ids and the value of next, "" if it is absent.
func (s service) page(query string) string {
	s.t.Helper()
	w := s.get("/todos" + query)
	var body struct {
		Items []todo
		Next  json.RawMessage
	}
	if err := json.Unmarshal(w.Body.Bytes(), &body); err != nil || w.Code != http.StatusOK || body.Items == nil {
		s.t.Fatalf("%s: got %d %s", query, w.Code, w.Body)
	}
	s.wantJSON(w)
	var ids []string
	for _, item := range body.Items {
		ids = append(ids, fmt.Sprint(item.ID))
	}
	return strings.TrimSpace(strings.Join(ids, " ") + " next=" + string(body.Next))
}

func (s service) wantPage(query, want string) {
	s.t.Helper()
	if got := s.page(query); got != want {
		s.t.Errorf("%s: got %s, want %s", query, got, want)
	}
}

func (s service) createMany(n int) {
	s.t.Helper()
	for i := 1; i <= n; i++ {
		s.create(fmt.Sprint("todo ", i))
	}
}

func TestListOfNothing(t *testing.T) {
	s := newService(t)
	w := s.get("/todos")
	if got := strings.TrimSpace(w.Body.String()); w.Code != http.StatusOK || got != `{"items":[]}` {
		t.Errorf("got %d %s", w.Code, got)
	}
}

func TestListHoldsWholeTodos(t *testing.T) {
	s := newService(t)
	s.create("a")
	s.patch("/todos/1", "*", `{"done": true}`)
	var body struct{ Items []todo }
	if err := json.Unmarshal(s.get("/todos").Body.Bytes(), &body); err != nil {
		t.Fatal(err)
	}
	if want := (todo{ID: 1, Title: "a", Done: true, Version: 2}); len(body.Items) != 1 || body.Items[0] != want {
		t.Errorf("got %+v, want %+v", body.Items, want)
	}
}

func TestListIsSortedById(t *testing.T) {
	s := newService(t)
	s.createMany(12)
	s.send("DELETE", "/todos/5", "")
	s.wantPage("", "1 2 3 4 6 7 8 9 10 11 12 next=")
}

func TestPagesOfTheList(t *testing.T) {
	s := newService(t)
	s.createMany(5)
	s.wantPage("?limit=2", "1 2 next=2")
	s.wantPage("?limit=2&after=2", "3 4 next=4")
	s.wantPage("?limit=2&after=4", "5 next=")
	s.wantPage("?after=5", "next=")
	s.wantPage("?after=1000", "next=")
	s.wantPage("?after=0&limit=5", "1 2 3 4 5 next=")
}

func TestNextIsOnlyThereIfSomethingFollows(t *testing.T) {
	s := newService(t)
	s.createMany(4)
	s.wantPage("?limit=4", "1 2 3 4 next=")
	s.wantPage("?limit=3", "1 2 3 next=3")
}

func TestDefaultAndLargestLimit(t *testing.T) {
	s := newService(t)
	s.createMany(101)
	if got := s.page(""); !strings.HasSuffix(got, "19 20 next=20") {
		t.Errorf("default: got %s", got)
	}
	if got := s.page("?limit=100"); !strings.HasSuffix(got, "99 100 next=100") {
		t.Errorf("limit 100: got %s", got)
	}
}

func TestListByDone(t *testing.T) {
	s := newService(t)
	s.createMany(6)
	for _, id := range []string{"2", "4", "5"} {
		s.patch("/todos/"+id, "*", `{"done": true}`)
	}
	s.wantPage("?done=true", "2 4 5 next=")
	s.wantPage("?done=false", "1 3 6 next=")
	s.wantPage("?done=true&limit=2", "2 4 next=4")
	s.wantPage("?done=true&limit=1&after=4", "5 next=")
	s.wantPage("?done=false&limit=2", "1 3 next=3")
}

func TestPageAfterADeletedTodo(t *testing.T) {
	s := newService(t)
	s.createMany(5)
	s.send("DELETE", "/todos/2", "")
	s.wantPage("?limit=2&after=2", "3 4 next=4")
}

func TestInvalidQueries(t *testing.T) {
	s := newService(t)
	for _, query := range []string{
		"limit=0", "limit=101", "limit=-1", "limit=x", "limit=", "limit=1.5", "limit=%2B5", "limit=99999999999999999999",
		"after=-1", "after=x", "after=", "after=%2B1", "after=99999999999999999999", "done=yes", "done=1", "done=", "done=True",
	} {
		s.wantError(s.get("/todos?"+query), http.StatusBadRequest, "invalid_query")
	}
}

func TestUnknownAndRepeatedParameters(t *testing.T) {
	s := newService(t)
	for _, query := range []string{"page=2", "Limit=5", "limit=5&limit=5", "done=true&done=false", "limit=5&x="} {
		s.wantError(s.get("/todos?"+query), http.StatusBadRequest, "invalid_query")
	}
}
