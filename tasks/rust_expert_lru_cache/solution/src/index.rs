//! Finds slots by hash: buckets of slot numbers, twice as many buckets whenever they fill up.

/// The keys themselves are elsewhere, so that each is stored only once.
#[derive(Clone, Default)]
pub(crate) struct Index {
    /// Their number is a power of two, or zero.
    buckets: Vec<Vec<usize>>,
    len: usize,
}

impl Index {
    /// The slot of this hash that `is_it`.
    pub(crate) fn find(&self, hash: u64, is_it: impl Fn(usize) -> bool) -> Option<usize> {
        let bucket = self.buckets.get(self.bucket_of(hash))?;
        bucket.iter().copied().find(|slot| is_it(*slot))
    }

    /// Adds a slot; `hash_of` tells the hashes of those that are there.
    pub(crate) fn insert(&mut self, hash: u64, slot: usize, hash_of: impl Fn(usize) -> u64) {
        if self.len == self.buckets.len() {
            self.grow(hash_of);
        }
        let bucket = self.bucket_of(hash);
        self.buckets[bucket].push(slot);
        self.len += 1;
    }

    pub(crate) fn remove(&mut self, hash: u64, slot: usize) {
        let number = self.bucket_of(hash);
        let bucket = &mut self.buckets[number];
        if let Some(place) = bucket.iter().position(|other| *other == slot) {
            bucket.swap_remove(place);
            self.len -= 1;
        }
    }

    fn bucket_of(&self, hash: u64) -> usize {
        // Folding the halves lets a hasher be weak in its lower bits.
        let folded = (hash ^ (hash >> 32)) as usize;
        folded & self.buckets.len().wrapping_sub(1)
    }

    fn grow(&mut self, hash_of: impl Fn(usize) -> u64) {
        let count = (self.buckets.len() * 2).max(8);
        let old = std::mem::replace(&mut self.buckets, vec![Vec::new(); count]);
        for slot in old.into_iter().flatten() {
            let bucket = self.bucket_of(hash_of(slot));
            self.buckets[bucket].push(slot);
        }
    }
}
