//! Chunks that are all full.

use std::iter::FusedIterator;

/// Vectors of exactly `size` items; what is left is the remainder.
#[derive(Clone, Debug)]
#[must_use = "iterators are lazy and do nothing unless consumed"]
pub struct ChunkedExact<I: Iterator> {
    items: I,
    size: usize,
}

impl<I: Iterator> ChunkedExact<I> {
    pub(crate) fn new(items: I, size: usize) -> Self {
        Self { items, size }
    }

    /// The items that did not fill a chunk, as far as they are known yet.
    pub fn remainder(&self) -> &[I::Item] {
        unimplemented!("ChunkedExact::remainder")
    }

    /// Gives the remainder away.
    pub fn into_remainder(self) -> Vec<I::Item> {
        unimplemented!("ChunkedExact::into_remainder")
    }
}

impl<I: Iterator> Iterator for ChunkedExact<I> {
    type Item = Vec<I::Item>;

    fn next(&mut self) -> Option<Self::Item> {
        unimplemented!("ChunkedExact::next")
    }
}

impl<I> DoubleEndedIterator for ChunkedExact<I>
where
    I: DoubleEndedIterator + ExactSizeIterator,
{
    fn next_back(&mut self) -> Option<Self::Item> {
        unimplemented!("ChunkedExact::next_back")
    }
}

impl<I: ExactSizeIterator> ExactSizeIterator for ChunkedExact<I> {}

impl<I: Iterator> FusedIterator for ChunkedExact<I> {}
