//! The cache: a list of entries in order of use, and an index that finds them by key.

use std::borrow::Borrow;
use std::collections::hash_map::RandomState;
use std::fmt;
use std::hash::{BuildHasher, Hash, Hasher};
use std::iter::FusedIterator;

use crate::index::Index;
use crate::list::{self, List};
use crate::outcome::{Inserted, TooHeavy};

/// A cache that holds entries up to a total weight, least recently used ones first to go.
#[derive(Clone)]
pub struct LruCache<K, V, S = RandomState> {
    /// Front is the most recently used entry.
    entries: List<Entry<K, V>>,
    index: Index,
    /// Above the capacity, and beyond a usize, for as long as room is made.
    weight: u128,
    capacity: usize,
    hasher: S,
}

#[derive(Clone)]
struct Entry<K, V> {
    key: K,
    value: V,
    weight: usize,
    hash: u64,
}

impl<K: Hash + Eq, V> LruCache<K, V> {
    /// An empty cache for entries of a total weight of at most `capacity`.
    pub fn new(capacity: usize) -> Self {
        Self::with_hasher(capacity, RandomState::new())
    }
}

impl<K, V, S> LruCache<K, V, S> {
    /// The greatest total weight.
    pub fn capacity(&self) -> usize {
        self.capacity
    }

    /// The total weight of the entries.
    pub fn weight(&self) -> usize {
        self.weight as usize
    }

    /// The number of entries.
    pub fn len(&self) -> usize {
        self.entries.len()
    }

    /// Whether there is no entry.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The entries, most recently used first.
    pub fn iter(&self) -> Iter<'_, K, V> {
        Iter {
            entries: self.entries.iter(),
        }
    }

    /// The entry that would be evicted next.
    pub fn peek_lru(&self) -> Option<(&K, &V)> {
        self.iter().next_back()
    }

    /// Takes all entries out.
    pub fn clear(&mut self) {
        self.weight = 0;
        self.index = Index::default();
        self.entries = List::default();
    }
}

impl<K: Hash + Eq, V, S: BuildHasher> LruCache<K, V, S> {
    /// Like [`LruCache::new`], with a hasher of the caller's.
    pub fn with_hasher(capacity: usize, hasher: S) -> Self {
        Self {
            entries: List::default(),
            index: Index::default(),
            weight: 0,
            capacity,
            hasher,
        }
    }

    /// Stores an entry of weight one.
    ///
    /// # Errors
    ///
    /// The capacity is zero.
    pub fn insert(&mut self, key: K, value: V) -> Result<Inserted<K, V>, TooHeavy<K, V>> {
        self.insert_weighted(key, value, 1)
    }

    /// Stores an entry and evicts others until the total weight fits.
    ///
    /// # Errors
    ///
    /// The entry alone is heavier than the capacity; the cache is unchanged.
    pub fn insert_weighted(
        &mut self,
        key: K,
        value: V,
        weight: usize,
    ) -> Result<Inserted<K, V>, TooHeavy<K, V>> {
        let capacity = self.capacity;
        if weight > capacity {
            return Err(TooHeavy {
                key,
                value,
                weight,
                capacity,
            });
        }
        let hash = self.hash(&key);
        let mut replaced = None;
        if let Some(slot) = self.find_hashed(hash, &key) {
            self.entries.move_to_front(slot);
            replaced = Some(std::mem::replace(
                &mut self.entries.get_mut(slot).value,
                value,
            ));
            self.reweigh(slot, weight);
        } else {
            let entry = Entry {
                key,
                value,
                weight,
                hash,
            };
            let slot = self.entries.push_front(entry);
            let entries = &self.entries;
            self.index.insert(hash, slot, |slot| entries.get(slot).hash);
            self.weight += weight as u128;
        }
        let evicted = self.shrink();
        Ok(Inserted { replaced, evicted })
    }

    /// The value of a key, which counts as a use.
    pub fn get<Q>(&mut self, key: &Q) -> Option<&V>
    where
        K: Borrow<Q>,
        Q: Hash + Eq + ?Sized,
    {
        self.get_mut(key).map(|value| &*value)
    }

    /// The value of a key, which counts as a use.
    pub fn get_mut<Q>(&mut self, key: &Q) -> Option<&mut V>
    where
        K: Borrow<Q>,
        Q: Hash + Eq + ?Sized,
    {
        let slot = self.find(key)?;
        self.entries.move_to_front(slot);
        Some(&mut self.entries.get_mut(slot).value)
    }

    /// The value of a key, without a use.
    pub fn peek<Q>(&self, key: &Q) -> Option<&V>
    where
        K: Borrow<Q>,
        Q: Hash + Eq + ?Sized,
    {
        self.find(key).map(|slot| &self.entries.get(slot).value)
    }

    /// The value of a key, without a use.
    pub fn peek_mut<Q>(&mut self, key: &Q) -> Option<&mut V>
    where
        K: Borrow<Q>,
        Q: Hash + Eq + ?Sized,
    {
        let slot = self.find(key)?;
        Some(&mut self.entries.get_mut(slot).value)
    }

    /// Whether there is an entry for a key; no use.
    pub fn contains_key<Q>(&self, key: &Q) -> bool
    where
        K: Borrow<Q>,
        Q: Hash + Eq + ?Sized,
    {
        self.find(key).is_some()
    }

    /// Counts a use without looking; tells whether the key is there.
    pub fn touch<Q>(&mut self, key: &Q) -> bool
    where
        K: Borrow<Q>,
        Q: Hash + Eq + ?Sized,
    {
        self.get_mut(key).is_some()
    }

    /// The weight of a key's entry; no use.
    pub fn weight_of<Q>(&self, key: &Q) -> Option<usize>
    where
        K: Borrow<Q>,
        Q: Hash + Eq + ?Sized,
    {
        self.find(key).map(|slot| self.entries.get(slot).weight)
    }

    /// Gives an entry another weight; returns what was evicted for it, perhaps the entry itself.
    pub fn set_weight<Q>(&mut self, key: &Q, weight: usize) -> Option<Vec<(K, V)>>
    where
        K: Borrow<Q>,
        Q: Hash + Eq + ?Sized,
    {
        let slot = self.find(key)?;
        self.reweigh(slot, weight);
        Some(self.shrink())
    }

    /// Sets the capacity; returns what was evicted for it, least recently used first.
    pub fn resize(&mut self, capacity: usize) -> Vec<(K, V)> {
        self.capacity = capacity;
        self.shrink()
    }

    /// Takes the value of a key out.
    pub fn remove<Q>(&mut self, key: &Q) -> Option<V>
    where
        K: Borrow<Q>,
        Q: Hash + Eq + ?Sized,
    {
        self.remove_entry(key).map(|(_, value)| value)
    }

    /// Takes the entry of a key out.
    pub fn remove_entry<Q>(&mut self, key: &Q) -> Option<(K, V)>
    where
        K: Borrow<Q>,
        Q: Hash + Eq + ?Sized,
    {
        self.find(key).map(|slot| self.take(slot))
    }

    /// Takes the least recently used entry out.
    pub fn pop_lru(&mut self) -> Option<(K, V)> {
        self.entries.back().map(|slot| self.take(slot))
    }

    /// Takes the most recently used entry out.
    pub fn pop_mru(&mut self) -> Option<(K, V)> {
        self.entries.front().map(|slot| self.take(slot))
    }

    /// Keeps only the entries for which `keep` says so; asks the least recently used one first.
    pub fn retain<F>(&mut self, mut keep: F)
    where
        F: FnMut(&K, &mut V) -> bool,
    {
        let mut next = self.entries.back();
        while let Some(slot) = next {
            next = self.entries.before(slot);
            let entry = self.entries.get_mut(slot);
            if !keep(&entry.key, &mut entry.value) {
                self.take(slot);
            }
        }
    }

    /// Evicts the least recently used entries, one at each step, as long as `evict` says so.
    pub fn evict_while<F>(&mut self, evict: F) -> EvictWhile<'_, K, V, S, F>
    where
        F: FnMut(&K, &V) -> bool,
    {
        EvictWhile {
            cache: self,
            evict: Some(evict),
        }
    }

    fn hash<Q: Hash + ?Sized>(&self, key: &Q) -> u64 {
        let mut hasher = self.hasher.build_hasher();
        key.hash(&mut hasher);
        hasher.finish()
    }

    fn find<Q>(&self, key: &Q) -> Option<usize>
    where
        K: Borrow<Q>,
        Q: Hash + Eq + ?Sized,
    {
        self.find_hashed(self.hash(key), key)
    }

    fn find_hashed<Q>(&self, hash: u64, key: &Q) -> Option<usize>
    where
        K: Borrow<Q>,
        Q: Eq + ?Sized,
    {
        self.index.find(hash, |slot| {
            let entry = self.entries.get(slot);
            entry.hash == hash && entry.key.borrow() == key
        })
    }

    fn take(&mut self, slot: usize) -> (K, V) {
        let hash = self.entries.get(slot).hash;
        self.index.remove(hash, slot);
        let entry = self.entries.remove(slot);
        self.weight -= entry.weight as u128;
        (entry.key, entry.value)
    }

    fn reweigh(&mut self, slot: usize, weight: usize) {
        let before = std::mem::replace(&mut self.entries.get_mut(slot).weight, weight);
        self.weight = self.weight - before as u128 + weight as u128;
    }

    /// Evicts until the total weight fits.
    fn shrink(&mut self) -> Vec<(K, V)> {
        let mut evicted = Vec::new();
        while self.weight > self.capacity as u128 {
            evicted.extend(self.pop_lru());
        }
        evicted
    }
}

impl<K: fmt::Debug, V: fmt::Debug, S> fmt::Debug for LruCache<K, V, S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_map().entries(self.iter()).finish()
    }
}

/// The entries of a cache, most recently used first.
pub struct Iter<'a, K, V> {
    entries: list::Iter<'a, Entry<K, V>>,
}

impl<K, V> Clone for Iter<'_, K, V> {
    fn clone(&self) -> Self {
        Self {
            entries: self.entries.clone(),
        }
    }
}

impl<'a, K, V> Iterator for Iter<'a, K, V> {
    type Item = (&'a K, &'a V);

    fn next(&mut self) -> Option<Self::Item> {
        let entry = self.entries.next()?;
        Some((&entry.key, &entry.value))
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        self.entries.size_hint()
    }
}

impl<K, V> DoubleEndedIterator for Iter<'_, K, V> {
    fn next_back(&mut self) -> Option<Self::Item> {
        let entry = self.entries.next_back()?;
        Some((&entry.key, &entry.value))
    }
}

impl<K, V> ExactSizeIterator for Iter<'_, K, V> {}

impl<K, V> FusedIterator for Iter<'_, K, V> {}

impl<'a, K, V, S> IntoIterator for &'a LruCache<K, V, S> {
    type Item = (&'a K, &'a V);
    type IntoIter = Iter<'a, K, V>;

    fn into_iter(self) -> Iter<'a, K, V> {
        self.iter()
    }
}

impl<K, V, S> IntoIterator for LruCache<K, V, S> {
    type Item = (K, V);
    type IntoIter = std::vec::IntoIter<(K, V)>;

    fn into_iter(self) -> Self::IntoIter {
        let entries = self.entries.into_vec().into_iter();
        let pairs: Vec<(K, V)> = entries.map(|entry| (entry.key, entry.value)).collect();
        pairs.into_iter()
    }
}

/// Evicts entries as it goes; see [`LruCache::evict_while`].
#[must_use = "iterators are lazy and do nothing unless consumed"]
pub struct EvictWhile<'a, K, V, S, F>
where
    K: Hash + Eq,
    S: BuildHasher,
    F: FnMut(&K, &V) -> bool,
{
    cache: &'a mut LruCache<K, V, S>,
    /// Gone once it has said no.
    evict: Option<F>,
}

impl<K, V, S, F> Iterator for EvictWhile<'_, K, V, S, F>
where
    K: Hash + Eq,
    S: BuildHasher,
    F: FnMut(&K, &V) -> bool,
{
    type Item = (K, V);

    fn next(&mut self) -> Option<Self::Item> {
        let evict = self.evict.as_mut()?;
        let goes = match self.cache.peek_lru() {
            Some((key, value)) => evict(key, value),
            None => false,
        };
        if goes {
            return self.cache.pop_lru();
        }
        None
    }
}

impl<K, V, S, F> Drop for EvictWhile<'_, K, V, S, F>
where
    K: Hash + Eq,
    S: BuildHasher,
    F: FnMut(&K, &V) -> bool,
{
    fn drop(&mut self) {
        if !std::thread::panicking() {
            self.for_each(drop);
        }
    }
}

impl<K, V, S, F> FusedIterator for EvictWhile<'_, K, V, S, F>
where
    K: Hash + Eq,
    S: BuildHasher,
    F: FnMut(&K, &V) -> bool,
{
}
