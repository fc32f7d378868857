//! The cache.

use std::borrow::Borrow;
use std::collections::hash_map::RandomState;
use std::fmt;
use std::hash::{BuildHasher, Hash};
use std::iter::FusedIterator;
use std::marker::PhantomData;

use crate::outcome::{Inserted, TooHeavy};

/// A cache that holds entries up to a total weight, least recently used ones first to go.
#[derive(Clone)]
pub struct LruCache<K, V, S = RandomState> {
    entries: PhantomData<(K, V)>,
    hasher: S,
}

impl<K: Hash + Eq, V> LruCache<K, V> {
    /// An empty cache for entries of a total weight of at most `capacity`.
    pub fn new(_capacity: usize) -> Self {
        unimplemented!("new")
    }
}

impl<K, V, S> LruCache<K, V, S> {
    /// The greatest total weight.
    pub fn capacity(&self) -> usize {
        unimplemented!("capacity")
    }

    /// The total weight of the entries.
    pub fn weight(&self) -> usize {
        unimplemented!("weight")
    }

    /// The number of entries.
    pub fn len(&self) -> usize {
        unimplemented!("len")
    }

    /// Whether there is no entry.
    pub fn is_empty(&self) -> bool {
        unimplemented!("is_empty")
    }

    /// The entries, most recently used first.
    pub fn iter(&self) -> Iter<'_, K, V> {
        unimplemented!("iter")
    }

    /// The entry that would be evicted next.
    pub fn peek_lru(&self) -> Option<(&K, &V)> {
        unimplemented!("peek_lru")
    }

    /// Takes all entries out.
    pub fn clear(&mut self) {
        unimplemented!("clear")
    }
}

impl<K: Hash + Eq, V, S: BuildHasher> LruCache<K, V, S> {
    /// Like [`LruCache::new`], with a hasher of the caller's.
    pub fn with_hasher(_capacity: usize, _hasher: S) -> Self {
        unimplemented!("with_hasher")
    }

    /// Stores an entry of weight one.
    ///
    /// # Errors
    ///
    /// The capacity is zero.
    pub fn insert(&mut self, _key: K, _value: V) -> Result<Inserted<K, V>, TooHeavy<K, V>> {
        unimplemented!("insert")
    }

    /// Stores an entry and evicts others until the total weight fits.
    ///
    /// # Errors
    ///
    /// The entry alone is heavier than the capacity; the cache is unchanged.
    pub fn insert_weighted(
        &mut self,
        _key: K,
        _value: V,
        _weight: usize,
    ) -> Result<Inserted<K, V>, TooHeavy<K, V>> {
        unimplemented!("insert_weighted")
    }

    /// The value of a key, which counts as a use.
    pub fn get<Q>(&mut self, _key: &Q) -> Option<&V>
    where
        K: Borrow<Q>,
        Q: Hash + Eq + ?Sized,
    {
        unimplemented!("get")
    }

    /// The value of a key, which counts as a use.
    pub fn get_mut<Q>(&mut self, _key: &Q) -> Option<&mut V>
    where
        K: Borrow<Q>,
        Q: Hash + Eq + ?Sized,
    {
        unimplemented!("get_mut")
    }

    /// The value of a key, without a use.
    pub fn peek<Q>(&self, _key: &Q) -> Option<&V>
    where
        K: Borrow<Q>,
        Q: Hash + Eq + ?Sized,
    {
        unimplemented!("peek")
    }

    /// The value of a key, without a use.
    pub fn peek_mut<Q>(&mut self, _key: &Q) -> Option<&mut V>
    where
        K: Borrow<Q>,
        Q: Hash + Eq + ?Sized,
    {
        unimplemented!("peek_mut")
    }

    /// Whether there is an entry for a key; no use.
    pub fn contains_key<Q>(&self, _key: &Q) -> bool
    where
        K: Borrow<Q>,
        Q: Hash + Eq + ?Sized,
    {
        unimplemented!("contains_key")
    }

    /// Counts a use without looking; tells whether the key is there.
    pub fn touch<Q>(&mut self, _key: &Q) -> bool
    where
        K: Borrow<Q>,
        Q: Hash + Eq + ?Sized,
    {
        unimplemented!("touch")
    }

    /// The weight of a key's entry; no use.
    pub fn weight_of<Q>(&self, _key: &Q) -> Option<usize>
    where
        K: Borrow<Q>,
        Q: Hash + Eq + ?Sized,
    {
        unimplemented!("weight_of")
    }

    /// Gives an entry another weight; returns what was evicted for it, perhaps the entry itself.
    pub fn set_weight<Q>(&mut self, _key: &Q, _weight: usize) -> Option<Vec<(K, V)>>
    where
        K: Borrow<Q>,
        Q: Hash + Eq + ?Sized,
    {
        unimplemented!("set_weight")
    }

    /// Sets the capacity; returns what was evicted for it, least recently used first.
    pub fn resize(&mut self, _capacity: usize) -> Vec<(K, V)> {
        unimplemented!("resize")
    }

    /// Takes the value of a key out.
    pub fn remove<Q>(&mut self, _key: &Q) -> Option<V>
    where
        K: Borrow<Q>,
        Q: Hash + Eq + ?Sized,
    {
        unimplemented!("remove")
    }

    /// Takes the entry of a key out.
    pub fn remove_entry<Q>(&mut self, _key: &Q) -> Option<(K, V)>
    where
        K: Borrow<Q>,
        Q: Hash + Eq + ?Sized,
    {
        unimplemented!("remove_entry")
    }

    /// Takes the least recently used entry out.
    pub fn pop_lru(&mut self) -> Option<(K, V)> {
        unimplemented!("pop_lru")
    }

    /// Takes the most recently used entry out.
    pub fn pop_mru(&mut self) -> Option<(K, V)> {
        unimplemented!("pop_mru")
    }

    /// Keeps only the entries for which `keep` says so; asks the least recently used one first.
    pub fn retain<F>(&mut self, _keep: F)
    where
        F: FnMut(&K, &mut V) -> bool,
    {
        unimplemented!("retain")
    }

    /// Evicts the least recently used entries, one at each step, as long as `evict` says so.
    pub fn evict_while<F>(&mut self, _evict: F) -> EvictWhile<'_, K, V, S, F>
    where
        F: FnMut(&K, &V) -> bool,
    {
        unimplemented!("evict_while")
    }
}

impl<K: fmt::Debug, V: fmt::Debug, S> fmt::Debug for LruCache<K, V, S> {
    fn fmt(&self, _f: &mut fmt::Formatter<'_>) -> fmt::Result {
        unimplemented!("fmt")
    }
}

/// The entries of a cache, most recently used first.
pub struct Iter<'a, K, V> {
    entries: PhantomData<&'a (K, V)>,
}

impl<K, V> Clone for Iter<'_, K, V> {
    fn clone(&self) -> Self {
        unimplemented!("clone")
    }
}

impl<'a, K, V> Iterator for Iter<'a, K, V> {
    type Item = (&'a K, &'a V);

    fn next(&mut self) -> Option<Self::Item> {
        unimplemented!("next")
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        unimplemented!("size_hint")
    }
}

impl<K, V> DoubleEndedIterator for Iter<'_, K, V> {
    fn next_back(&mut self) -> Option<Self::Item> {
        unimplemented!("next_back")
    }
}

impl<K, V> ExactSizeIterator for Iter<'_, K, V> {}

impl<K, V> FusedIterator for Iter<'_, K, V> {}

impl<'a, K, V, S> IntoIterator for &'a LruCache<K, V, S> {
    type Item = (&'a K, &'a V);
    type IntoIter = Iter<'a, K, V>;

    fn into_iter(self) -> Iter<'a, K, V> {
        unimplemented!("into_iter")
    }
}

impl<K, V, S> IntoIterator for LruCache<K, V, S> {
    type Item = (K, V);
    type IntoIter = std::vec::IntoIter<(K, V)>;

    fn into_iter(self) -> Self::IntoIter {
        unimplemented!("into_iter")
    }
}

/// Evicts entries as it goes; see [`LruCache::evict_while`].
#[must_use = "iterators are lazy and do nothing unless consumed"]
pub struct EvictWhile<'a, K, V, S, F> {
    cache: &'a mut LruCache<K, V, S>,
    evict: F,
}

impl<K, V, S, F> Iterator for EvictWhile<'_, K, V, S, F>
where
    K: Hash + Eq,
    S: BuildHasher,
    F: FnMut(&K, &V) -> bool,
{
    type Item = (K, V);

    fn next(&mut self) -> Option<Self::Item> {
        unimplemented!("next")
    }
}

impl<K, V, S, F> FusedIterator for EvictWhile<'_, K, V, S, F>
where
    K: Hash + Eq,
    S: BuildHasher,
    F: FnMut(&K, &V) -> bool,
{
}
