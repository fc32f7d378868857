//! Chunks with a possibly shorter last one.

use std::iter::FusedIterator;

/// Vectors of a fixed number of items; the last one may be shorter.
#[derive(Clone, Debug)]
#[must_use = "iterators are lazy and do nothing unless consumed"]
pub struct Chunked<I: Iterator> {
    items: I,
    size: usize,
}

impl<I: Iterator> Chunked<I> {
    pub(crate) fn new(items: I, size: usize) -> Self {
        Self { items, size }
    }
}

impl<I: Iterator> Iterator for Chunked<I> {
    type Item = Vec<I::Item>;

    fn next(&mut self) -> Option<Self::Item> {
        unimplemented!("Chunked::next")
    }
}

impl<I> DoubleEndedIterator for Chunked<I>
where
    I: DoubleEndedIterator + ExactSizeIterator,
{
    fn next_back(&mut self) -> Option<Self::Item> {
        unimplemented!("Chunked::next_back")
    }
}

impl<I: ExactSizeIterator> ExactSizeIterator for Chunked<I> {}

impl<I: Iterator> FusedIterator for Chunked<I> {}
