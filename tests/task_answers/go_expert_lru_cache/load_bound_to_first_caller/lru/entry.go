package lru

import (
	"container/list"
	"time"
)

type entry[K comparable, V any] struct {
	key     K
	value   V
	cost    int64
	place   *list.Element
	expires time.Time
	order   uint64
	index   int // in the expiry queue, -1 if it never expires
}

// expiryQueue is a heap of the entries that expire, the next one first.
type expiryQueue[K comparable, V any] []*entry[K, V]

func (q expiryQueue[K, V]) Len() int { return len(q) }

func (q expiryQueue[K, V]) Less(i, j int) bool {
	if !q[i].expires.Equal(q[j].expires) {
		return q[i].expires.Before(q[j].expires)
	}
	return q[i].order < q[j].order
}

func (q expiryQueue[K, V]) Swap(i, j int) {
	q[i], q[j] = q[j], q[i]
	q[i].index, q[j].index = i, j
}

func (q *expiryQueue[K, V]) Push(x any) {
	e := x.(*entry[K, V])
	e.index = len(*q)
	*q = append(*q, e)
}

func (q *expiryQueue[K, V]) Pop() any {
	last := len(*q) - 1
	e := (*q)[last]
	(*q)[last] = nil
	*q = (*q)[:last]
	e.index = -1
	return e
}
