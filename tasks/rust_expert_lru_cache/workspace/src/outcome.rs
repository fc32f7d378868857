//! What comes of an insertion.

use std::error::Error;
use std::fmt;

/// An entry was stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Inserted<K, V> {
    /// The value that the key had before.
    pub replaced: Option<V>,
    /// Entries that had to go, least recently used first.
    pub evicted: Vec<(K, V)>,
}

/// An entry is heavier than the whole cache; it was not stored.
#[derive(Clone, PartialEq, Eq)]
pub struct TooHeavy<K, V> {
    pub key: K,
    pub value: V,
    pub weight: usize,
    pub capacity: usize,
}

impl<K, V> fmt::Debug for TooHeavy<K, V> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TooHeavy")
            .field("weight", &self.weight)
            .field("capacity", &self.capacity)
            .finish_non_exhaustive()
    }
}

impl<K, V> fmt::Display for TooHeavy<K, V> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (weight, capacity) = (self.weight, self.capacity);
        write!(f, "an entry of weight {weight} does not fit in {capacity}")
    }
}

impl<K, V> Error for TooHeavy<K, V> {}
