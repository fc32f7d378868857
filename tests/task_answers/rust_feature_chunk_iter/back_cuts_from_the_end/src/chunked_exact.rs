//! Chunks that are all full.

use std::iter::{Fuse, FusedIterator};

use crate::gather::{gather, gather_back};

/// Vectors of exactly `size` items; what is left is the remainder.
#[derive(Clone, Debug)]
#[must_use = "iterators are lazy and do nothing unless consumed"]
pub struct ChunkedExact<I: Iterator> {
    items: Fuse<I>,
    size: usize,
    remainder: Vec<I::Item>,
}

impl<I: Iterator> ChunkedExact<I> {
    pub(crate) fn new(items: I, size: usize) -> Self {
        assert_ne!(size, 0, "chunk size must not be zero");
        Self {
            items: items.fuse(),
            size,
            remainder: Vec::new(),
        }
    }

    /// The items that did not fill a chunk, as far as they are known yet.
    pub fn remainder(&self) -> &[I::Item] {
        &self.remainder
    }

    /// Gives the remainder away.
    pub fn into_remainder(self) -> Vec<I::Item> {
        self.remainder
    }

    /// A full chunk as it is; a partial one becomes the remainder.
    fn keep_full(&mut self, chunk: Vec<I::Item>) -> Option<Vec<I::Item>> {
        if chunk.len() == self.size {
            return Some(chunk);
        }
        if !chunk.is_empty() {
            self.remainder = chunk;
        }
        None
    }
}

impl<I: Iterator> Iterator for ChunkedExact<I> {
    type Item = Vec<I::Item>;

    fn next(&mut self) -> Option<Self::Item> {
        let chunk = gather(&mut self.items, self.size);
        self.keep_full(chunk)
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        let (lower, upper) = self.items.size_hint();
        (lower / self.size, upper.map(|upper| upper / self.size))
    }
}

impl<I> DoubleEndedIterator for ChunkedExact<I>
where
    I: DoubleEndedIterator + ExactSizeIterator,
{
    fn next_back(&mut self) -> Option<Self::Item> {
        let rest = self.items.len() % self.size;
        if rest > 0 {
            self.remainder = gather_back(&mut self.items, rest);
        }
        let chunk = gather_back(&mut self.items, self.size);
        self.keep_full(chunk)
    }
}

impl<I: ExactSizeIterator> ExactSizeIterator for ChunkedExact<I> {}

impl<I: Iterator> FusedIterator for ChunkedExact<I> {}
