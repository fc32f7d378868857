//! A few iterator adaptors that the standard library lacks.

mod chunked;
mod chunked_exact;
mod pairwise;

pub use chunked::Chunked;
pub use chunked_exact::ChunkedExact;
pub use pairwise::Pairwise;

/// Adds the adaptors of this crate to every iterator.
pub trait IteratorExt: Iterator {
    /// Each item together with the one after it.
    fn pairwise(self) -> Pairwise<Self>
    where
        Self: Sized,
        Self::Item: Clone,
    {
        Pairwise::new(self)
    }

    /// Vectors of `size` items; the last one holds what is left and may be shorter.
    ///
    /// # Panics
    ///
    /// If `size` is zero.
    fn chunked(self, size: usize) -> Chunked<Self>
    where
        Self: Sized,
    {
        Chunked::new(self, size)
    }

    /// Vectors of exactly `size` items; what is left is kept as the remainder.
    ///
    /// # Panics
    ///
    /// If `size` is zero.
    fn chunked_exact(self, size: usize) -> ChunkedExact<Self>
    where
        Self: Sized,
    {
        ChunkedExact::new(self, size)
    }
}

impl<I: Iterator> IteratorExt for I {}
