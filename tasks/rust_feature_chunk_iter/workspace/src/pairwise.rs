//! Neighbours.

use std::iter::FusedIterator;

/// Each item of an iterator together with the one after it.
#[derive(Clone, Debug)]
#[must_use = "iterators are lazy and do nothing unless consumed"]
pub struct Pairwise<I: Iterator> {
    items: std::iter::Fuse<I>,
    previous: Option<I::Item>,
}

impl<I: Iterator> Pairwise<I> {
    pub(crate) fn new(items: I) -> Self {
        Self {
            items: items.fuse(),
            previous: None,
        }
    }
}

impl<I> Iterator for Pairwise<I>
where
    I: Iterator,
    I::Item: Clone,
{
    type Item = (I::Item, I::Item);

    fn next(&mut self) -> Option<Self::Item> {
        let previous = match self.previous.take() {
            Some(previous) => previous,
            None => self.items.next()?,
        };
        let current = self.items.next()?;
        self.previous = Some(current.clone());
        Some((previous, current))
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        let (lower, upper) = self.items.size_hint();
        let unpaired = usize::from(self.previous.is_none());
        (
            lower.saturating_sub(unpaired),
            upper.map(|upper| upper.saturating_sub(unpaired)),
        )
    }
}

impl<I> FusedIterator for Pairwise<I>
where
    I: Iterator,
    I::Item: Clone,
{
}
