// Package store keeps todos in memory.
package store

import (
	"errors"
	"sync"
)

// ErrNotFound is returned for an id without a todo.
var ErrNotFound = errors.New("no such todo")

// Todo is something to be done.
type Todo struct {
	ID    int64  `json:"id"`
	Title string `json:"title"`
	Done  bool   `json:"done"`
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

// Create adds a todo under a new id. Ids start at 1 and grow.
func (s *Store) Create(title string, done bool) Todo {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.lastID++
	todo := Todo{ID: s.lastID, Title: title, Done: done}
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
