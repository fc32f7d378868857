//! A doubly linked list in one vector: slots are found by number and used again.

use std::iter::FusedIterator;

/// Stands for "no slot".
const NONE: usize = usize::MAX;

#[derive(Clone)]
pub(crate) struct List<T> {
    nodes: Vec<Node<T>>,
    free: Vec<usize>,
    front: usize,
    back: usize,
}

#[derive(Clone)]
struct Node<T> {
    /// Empty in a slot that is free.
    item: Option<T>,
    before: usize,
    after: usize,
}

impl<T> Default for List<T> {
    fn default() -> Self {
        Self {
            nodes: Vec::new(),
            free: Vec::new(),
            front: NONE,
            back: NONE,
        }
    }
}

impl<T> List<T> {
    pub(crate) fn len(&self) -> usize {
        self.nodes.len() - self.free.len()
    }

    pub(crate) fn front(&self) -> Option<usize> {
        Some(self.front).filter(|slot| *slot != NONE)
    }

    pub(crate) fn back(&self) -> Option<usize> {
        Some(self.back).filter(|slot| *slot != NONE)
    }

    /// The slot that is one nearer to the front.
    pub(crate) fn before(&self, slot: usize) -> Option<usize> {
        Some(self.nodes[slot].before).filter(|slot| *slot != NONE)
    }

    pub(crate) fn get(&self, slot: usize) -> &T {
        self.nodes[slot].item.as_ref().expect("slot in use")
    }

    pub(crate) fn get_mut(&mut self, slot: usize) -> &mut T {
        self.nodes[slot].item.as_mut().expect("slot in use")
    }

    pub(crate) fn push_front(&mut self, item: T) -> usize {
        let node = Node {
            item: Some(item),
            before: NONE,
            after: NONE,
        };
        let slot = match self.free.pop() {
            Some(slot) => {
                self.nodes[slot] = node;
                slot
            }
            None => {
                self.nodes.push(node);
                self.nodes.len() - 1
            }
        };
        self.link_front(slot);
        slot
    }

    pub(crate) fn remove(&mut self, slot: usize) -> T {
        self.unlink(slot);
        self.free.push(slot);
        self.nodes[slot].item.take().expect("slot in use")
    }

    pub(crate) fn move_to_front(&mut self, slot: usize) {
        self.unlink(slot);
        self.link_front(slot);
    }

    pub(crate) fn iter(&self) -> Iter<'_, T> {
        Iter {
            list: self,
            front: self.front,
            back: self.back,
            left: self.len(),
        }
    }

    /// The items from front to back.
    pub(crate) fn into_vec(mut self) -> Vec<T> {
        let mut items = Vec::with_capacity(self.len());
        while let Some(slot) = self.front() {
            items.push(self.remove(slot));
        }
        items
    }

    fn link_front(&mut self, slot: usize) {
        self.nodes[slot].before = NONE;
        self.nodes[slot].after = self.front;
        match self.front {
            NONE => self.back = slot,
            front => self.nodes[front].before = slot,
        }
        self.front = slot;
    }

    fn unlink(&mut self, slot: usize) {
        let (before, after) = (self.nodes[slot].before, self.nodes[slot].after);
        match before {
            NONE => self.front = after,
            before => self.nodes[before].after = after,
        }
        match after {
            NONE => self.back = before,
            after => self.nodes[after].before = before,
        }
    }
}

pub(crate) struct Iter<'a, T> {
    list: &'a List<T>,
    front: usize,
    back: usize,
    left: usize,
}

impl<T> Clone for Iter<'_, T> {
    fn clone(&self) -> Self {
        Self { ..*self }
    }
}

impl<'a, T> Iterator for Iter<'a, T> {
    type Item = &'a T;

    fn next(&mut self) -> Option<&'a T> {
        self.left = self.left.checked_sub(1)?;
        let slot = self.front;
        self.front = self.list.nodes[slot].after;
        Some(self.list.get(slot))
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        (self.left, Some(self.left))
    }
}

impl<T> DoubleEndedIterator for Iter<'_, T> {
    fn next_back(&mut self) -> Option<Self::Item> {
        self.left = self.left.checked_sub(1)?;
        let slot = self.back;
        self.back = self.list.nodes[slot].before;
        Some(self.list.get(slot))
    }
}

impl<T> ExactSizeIterator for Iter<'_, T> {}

impl<T> FusedIterator for Iter<'_, T> {}
