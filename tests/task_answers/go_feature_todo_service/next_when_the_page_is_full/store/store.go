// Package store keeps todos in memory.
package store

import (
	"errors"
	"sort"
	"sync"
)

var (
	// ErrNotFound is returned for an id without a todo.
	ErrNotFound = errors.New("no such todo")
	// ErrChanged is returned if a todo is not in the state that the caller asks for.
	ErrChanged = errors.New("the todo has another version")
)

// Todo is something to be done.
type Todo struct {
	ID      int64  `json:"id"`
	Title   string `json:"title"`
	Done    bool   `json:"done"`
	Version int64  `json:"version"`
}

// Change says what Update does to a todo. nil leaves a field as it is.
type Change struct {
	Title *string
	Done  *bool
}

// Filter says which todos List returns.
type Filter struct {
	After int64 // only larger ids
	Done  *bool // nil means both
	Limit int
}

// Store holds todos by id. It is safe for use by several goroutines.
type Store struct {
	mu     sync.RWMutex
	lastID int64
	todos  map[int64]Todo
}

// New returns an empty store.
func New() *Store {
	return &Store{todos: make(map[int64]Todo)}
}

// Create adds a todo under a new id. Ids start at 1, grow, and are not used again.
func (s *Store) Create(title string, done bool) Todo {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.lastID++
	todo := Todo{ID: s.lastID, Title: title, Done: done, Version: 1}
	s.todos[todo.ID] = todo
	return todo
}

// Get returns the todo with the given id, or ErrNotFound.
func (s *Store) Get(id int64) (Todo, error) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	todo, ok := s.todos[id]
	if !ok {
		return Todo{}, ErrNotFound
	}
	return todo, nil
}

// Update changes a todo and returns it. It returns ErrNotFound, or ErrChanged
// if the todo is no longer in the given version. The version grows only if
// something really changes.
func (s *Store) Update(id, version int64, change Change) (Todo, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	old, ok := s.todos[id]
	if !ok {
		return Todo{}, ErrNotFound
	}
	if old.Version != version {
		return Todo{}, ErrChanged
	}
	todo := old
	if change.Title != nil {
		todo.Title = *change.Title
	}
	if change.Done != nil {
		todo.Done = *change.Done
	}
	if todo != old {
		todo.Version++
		s.todos[id] = todo
	}
	return todo, nil
}

// Delete removes a todo for which allowed is true. It returns ErrNotFound, or
// ErrChanged if allowed is false.
func (s *Store) Delete(id int64, allowed func(Todo) bool) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	todo, ok := s.todos[id]
	if !ok {
		return ErrNotFound
	}
	if !allowed(todo) {
		return ErrChanged
	}
	delete(s.todos, id)
	return nil
}

// List returns the todos that fit the filter in ascending order of their ids,
// and whether there are more of them than its limit.
func (s *Store) List(f Filter) (todos []Todo, more bool) {
	s.mu.RLock()
	todos = make([]Todo, 0, len(s.todos))
	for _, todo := range s.todos {
		if todo.ID > f.After && (f.Done == nil || todo.Done == *f.Done) {
			todos = append(todos, todo)
		}
	}
	s.mu.RUnlock()

	sort.Slice(todos, func(i, j int) bool { return todos[i].ID < todos[j].ID })
	if len(todos) > f.Limit {
		return todos[:f.Limit], true
	}
	return todos, false
}
