//! Chunks with a possibly shorter last one.

use std::iter::{Fuse, FusedIterator};

use crate::gather::{gather, gather_back};

/// Vectors of a fixed number of items; the last one may be shorter.
#[derive(Clone, Debug)]
#[must_use = "iterators are lazy and do nothing unless consumed"]
pub struct Chunked<I: Iterator> {
    items: Fuse<I>,
    size: usize,
}

impl<I: Iterator> Chunked<I> {
    pub(crate) fn new(items: I, size: usize) -> Self {
        assert_ne!(size, 0, "chunk size must not be zero");
        Self {
            items: items.fuse(),
            size,
        }
    }

    fn chunks(&self, items: usize) -> usize {
        items / self.size + usize::from(items % self.size != 0)
    }
}

impl<I: Iterator> Iterator for Chunked<I> {
    type Item = Vec<I::Item>;

    fn next(&mut self) -> Option<Self::Item> {
        Some(gather(&mut self.items, self.size)).filter(|chunk| !chunk.is_empty())
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        let (lower, upper) = self.items.size_hint();
        (self.chunks(lower), upper.map(|upper| self.chunks(upper)))
    }
}

impl<I> DoubleEndedIterator for Chunked<I>
where
    I: DoubleEndedIterator + ExactSizeIterator,
{
    fn next_back(&mut self) -> Option<Self::Item> {
        let last = match self.items.len() % self.size {
            0 => self.size,
            rest => rest,
        };
        Some(gather_back(&mut self.items, last)).filter(|chunk| !chunk.is_empty())
    }
}

impl<I: ExactSizeIterator> ExactSizeIterator for Chunked<I> {}

impl<I: Iterator> FusedIterator for Chunked<I> {}
