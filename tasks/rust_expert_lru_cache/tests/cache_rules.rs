use std::cell::{Cell, RefCell};
use std::collections::HashMap;
use std::hash::{BuildHasherDefault, Hash, Hasher};
use std::panic::{catch_unwind, AssertUnwindSafe};
use std::rc::Rc;
use std::time::Instant;

use larder::LruCache;

type Names = LruCache<String, u32>;

/// A cache of weight-one entries, "a" the least recently used.
fn letters(capacity: usize, letters: &str) -> Names {
    let mut cache = LruCache::new(capacity);
    for (value, letter) in letters.chars().enumerate() {
        cache.insert(letter.to_string(), value as u32).unwrap();
    }
    cache
}

/// The keys, most recently used first.
fn order(cache: &Names) -> String {
    cache.iter().map(|(key, _)| key.as_str()).collect()
}

fn keys<V>(entries: &[(String, V)]) -> String {
    entries.iter().map(|(key, _)| key.as_str()).collect()
}

/// A cache of weighted entries, the first the least recently used.
fn weighted(capacity: usize, entries: &[(&str, usize)]) -> Names {
    let mut cache = LruCache::new(capacity);
    for (key, weight) in entries {
        let stored = cache.insert_weighted(key.to_string(), 0, *weight);
        assert!(stored.unwrap().evicted.is_empty());
    }
    cache
}

/// Every key has the same hash.
#[derive(Default)]
struct Flat;

impl Hasher for Flat {
    fn write(&mut self, _: &[u8]) {}

    fn finish(&self) -> u64 {
        42
    }
}

/// Counts the drops of its kind by name.
#[derive(Clone)]
struct Tracked {
    name: u32,
    drops: Rc<RefCell<HashMap<u32, u32>>>,
}

impl Drop for Tracked {
    fn drop(&mut self) {
        *self.drops.borrow_mut().entry(self.name).or_default() += 1;
    }
}

impl PartialEq for Tracked {
    fn eq(&self, other: &Self) -> bool {
        self.name == other.name
    }
}

impl Eq for Tracked {}

impl Hash for Tracked {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.name.hash(state);
    }
}

#[derive(Default)]
struct Drops(Rc<RefCell<HashMap<u32, u32>>>);

impl Drops {
    fn item(&self, name: u32) -> Tracked {
        Tracked {
            name,
            drops: Rc::clone(&self.0),
        }
    }

    fn of(&self, name: u32) -> u32 {
        self.0.borrow().get(&name).copied().unwrap_or(0)
    }
}

thread_local! {
    static COMPARED: Cell<usize> = Cell::new(0);
    static HASHED: Cell<usize> = Cell::new(0);
}

/// A key that counts how often it is compared and hashed.
struct Costly(u32);

impl PartialEq for Costly {
    fn eq(&self, other: &Self) -> bool {
        COMPARED.with(|count| count.set(count.get() + 1));
        self.0 == other.0
    }
}

impl Eq for Costly {}

impl Hash for Costly {
    fn hash<H: Hasher>(&self, state: &mut H) {
        HASHED.with(|count| count.set(count.get() + 1));
        self.0.hash(state);
    }
}

mod inserting {
    use super::*;

    #[test]
    fn a_new_cache_is_empty() {
        let cache = Names::new(3);
        assert_eq!((cache.len(), cache.weight(), cache.capacity()), (0, 0, 3));
        assert!(cache.is_empty());
        assert_eq!(cache.peek_lru(), None);
        assert_eq!(cache.iter().next(), None);
    }

    #[test]
    fn the_least_recently_used_entry_goes_first() {
        let mut cache = letters(3, "abc");
        let stored = cache.insert("d".to_string(), 9).unwrap();
        assert_eq!(stored.replaced, None);
        assert_eq!(stored.evicted, [("a".to_string(), 0)]);
        assert_eq!(order(&cache), "dcb");
        assert_eq!((cache.len(), cache.weight()), (3, 3));
    }

    #[test]
    fn a_known_key_hands_its_old_value_back() {
        let mut cache = letters(3, "abc");
        let stored = cache.insert("a".to_string(), 7).unwrap();
        assert_eq!(stored.replaced, Some(0));
        assert!(stored.evicted.is_empty());
        assert_eq!(order(&cache), "acb");
        assert_eq!(cache.peek("a"), Some(&7));
        assert_eq!(cache.len(), 3);
    }

    #[test]
    fn the_stored_key_object_stays() {
        let drops = Drops::default();
        let mut cache = LruCache::new(2);
        let (old, new) = (drops.item(1), drops.item(1));
        let address = Rc::new(());
        cache
            .insert((old, ByAddress(address.clone())), 'a')
            .unwrap();
        cache.insert((new, ByAddress(Rc::new(()))), 'b').unwrap();
        assert_eq!(drops.of(1), 1);
        let ((_, kept), value) = cache.pop_lru().unwrap();
        assert!(Rc::ptr_eq(&kept.0, &address));
        assert_eq!(value, 'b');
    }

    /// Equal to every other one, but told apart by address.
    struct ByAddress(Rc<()>);

    impl PartialEq for ByAddress {
        fn eq(&self, _: &Self) -> bool {
            true
        }
    }

    impl Eq for ByAddress {}

    impl Hash for ByAddress {
        fn hash<H: Hasher>(&self, _: &mut H) {}
    }
}

mod weighing {
    use super::*;

    #[test]
    fn heavy_entries_push_several_out() {
        let mut cache = weighted(10, &[("a", 3), ("b", 3), ("c", 3)]);
        let stored = cache.insert_weighted("d".into(), 1, 5).unwrap();
        assert_eq!(keys(&stored.evicted), "ab");
        assert_eq!((cache.weight(), cache.len()), (8, 2));
        assert_eq!(cache.weight_of("d"), Some(5));
        assert_eq!(cache.weight_of("a"), None);
    }

    #[test]
    fn an_exact_fit_pushes_nobody_out() {
        let mut cache = weighted(10, &[("a", 4), ("b", 4)]);
        let stored = cache.insert_weighted("c".into(), 1, 2).unwrap();
        assert!(stored.evicted.is_empty());
        assert_eq!(cache.weight(), 10);
    }

    #[test]
    fn too_heavy_an_entry_changes_nothing() {
        let mut cache = weighted(5, &[("a", 2), ("b", 2)]);
        let error = cache.insert_weighted("a".into(), 8, 6).unwrap_err();
        assert_eq!((error.key.as_str(), error.value), ("a", 8));
        assert_eq!((error.weight, error.capacity), (6, 5));
        assert_eq!(order(&cache), "ba");
        assert_eq!(cache.peek("a"), Some(&0));
        assert_eq!(cache.weight(), 4);
    }

    #[test]
    fn a_replaced_entry_counts_with_its_new_weight_only() {
        let mut cache = weighted(10, &[("a", 4), ("b", 4)]);
        let stored = cache.insert_weighted("a".into(), 1, 6).unwrap();
        assert!(stored.evicted.is_empty());
        assert_eq!(cache.weight(), 10);
        let stored = cache.insert_weighted("a".into(), 2, 7).unwrap();
        assert_eq!(stored.replaced, Some(1));
        assert_eq!(keys(&stored.evicted), "b");
        assert_eq!(cache.weight(), 7);
        cache.insert("a".into(), 3).unwrap();
        assert_eq!(cache.weight(), 1);
    }

    #[test]
    fn weightless_entries_go_if_they_are_in_the_way() {
        let mut cache = weighted(4, &[("x", 0), ("a", 2), ("y", 0), ("b", 2)]);
        let stored = cache.insert_weighted("c".into(), 1, 1).unwrap();
        assert_eq!(keys(&stored.evicted), "xa");
        assert_eq!(order(&cache), "cby");
        let stored = cache.insert_weighted("z".into(), 1, 0).unwrap();
        assert!(stored.evicted.is_empty());
        assert_eq!(cache.weight(), 3);
    }

    #[test]
    fn a_cache_without_capacity_takes_weightless_entries() {
        let mut cache = Names::new(0);
        assert!(cache.insert("a".into(), 1).is_err());
        assert!(cache.insert_weighted("a".into(), 1, 0).is_ok());
        assert_eq!(cache.peek("a"), Some(&1));
    }

    #[test]
    fn the_largest_weights_do_not_overflow() {
        let most = usize::MAX;
        let mut cache = weighted(most, &[("a", most - 1), ("b", 1)]);
        assert_eq!(cache.weight(), most);
        let stored = cache.insert_weighted("c".into(), 0, most).unwrap();
        assert_eq!(keys(&stored.evicted), "ab");
        let stored = cache.insert_weighted("d".into(), 0, most).unwrap();
        assert_eq!(keys(&stored.evicted), "c");
        let stored = cache.insert_weighted("d".into(), 0, most).unwrap();
        assert!(stored.evicted.is_empty());
        assert_eq!(cache.weight(), most);
    }

    #[test]
    fn a_new_weight_may_push_others_out() {
        let mut cache = weighted(6, &[("a", 2), ("b", 2), ("c", 2)]);
        assert_eq!(
            cache.set_weight("c", 3).map(|gone| keys(&gone)),
            Some("a".into())
        );
        assert_eq!(order(&cache), "cb");
        assert_eq!(cache.weight(), 5);
        assert_eq!(cache.set_weight("b", 0), Some(vec![]));
        assert_eq!(order(&cache), "cb");
        assert_eq!(cache.weight(), 3);
        assert_eq!(cache.set_weight("a", 1), None);
    }

    #[test]
    fn a_new_weight_may_push_the_entry_itself_out() {
        let mut cache = weighted(6, &[("x", 0), ("a", 2), ("b", 2), ("c", 2)]);
        let gone = cache.set_weight("a", 3).unwrap();
        assert_eq!(keys(&gone), "xa");
        assert_eq!((order(&cache), cache.weight()), ("cb".into(), 4));
        let gone = cache.set_weight("c", usize::MAX).unwrap();
        assert_eq!(keys(&gone), "bc");
        assert_eq!((cache.len(), cache.weight()), (0, 0));
    }

    #[test]
    fn a_smaller_capacity_pushes_the_oldest_out() {
        let mut cache = weighted(9, &[("a", 3), ("b", 1), ("c", 3)]);
        let gone = cache.resize(4);
        assert_eq!(keys(&gone), "a");
        assert_eq!((cache.capacity(), cache.weight()), (4, 4));
        assert_eq!(keys(&cache.resize(0)), "bc");
        assert!(cache.resize(1).is_empty());
        assert!(cache.insert("d".into(), 0).is_ok());
    }
}

mod using {
    use super::*;

    #[test]
    fn reading_and_touching_count_as_uses() {
        let mut cache = letters(4, "abcd");
        assert_eq!(cache.get("a"), Some(&0));
        assert_eq!(order(&cache), "adcb");
        *cache.get_mut("c").unwrap() = 20;
        assert_eq!(order(&cache), "cadb");
        assert!(cache.touch("b"));
        assert_eq!(order(&cache), "bcad");
        assert!(cache.touch("b"));
        assert_eq!(order(&cache), "bcad");
        assert_eq!(cache.peek("c"), Some(&20));
    }

    #[test]
    fn missing_keys_are_no_uses() {
        let mut cache = letters(3, "ab");
        assert_eq!(cache.get("x"), None);
        assert_eq!(cache.get_mut("x"), None);
        assert!(!cache.touch("x"));
        assert!(!cache.contains_key("x"));
        assert_eq!(cache.peek("x"), None);
        assert_eq!(order(&cache), "ba");
    }

    #[test]
    fn peeking_is_no_use() {
        let mut cache = letters(3, "abc");
        assert_eq!(cache.peek("a"), Some(&0));
        *cache.peek_mut("a").unwrap() = 5;
        assert!(cache.contains_key("a"));
        assert_eq!(cache.weight_of("a"), Some(1));
        assert_eq!(cache.peek_lru(), Some((&"a".to_string(), &5)));
        assert_eq!(cache.iter().count(), 3);
        cache.set_weight("a", 1);
        assert_eq!(order(&cache), "cba");
    }

    #[test]
    fn lookups_take_borrowed_keys() {
        let mut cache: LruCache<Vec<u8>, i32> = LruCache::new(2);
        cache.insert(b"key".to_vec(), 1).unwrap();
        let part: &[u8] = &b"a key"[2..];
        assert_eq!(cache.get(part), Some(&1));
        assert_eq!(cache.remove_entry(part), Some((b"key".to_vec(), 1)));
        let mut boxed: LruCache<Box<str>, i32> = LruCache::new(1);
        boxed.insert("x".into(), 2).unwrap();
        assert!(boxed.contains_key("x"));
    }

    #[test]
    fn colliding_keys_are_told_apart() {
        let hasher = BuildHasherDefault::<Flat>::default();
        let mut cache: LruCache<u32, u32, _> = LruCache::with_hasher(50, hasher);
        for key in 0..200 {
            cache.insert(key, key * 2).unwrap();
            if key % 3 == 0 {
                assert_eq!(cache.remove(&key), Some(key * 2));
            }
            cache.get(&(key / 2));
        }
        for key in 0..200 {
            if let Some(value) = cache.peek(&key) {
                assert_eq!(*value, key * 2);
                assert_ne!(key % 3, 0);
            }
        }
        assert_eq!(cache.len(), 50);
    }

    #[test]
    fn a_long_history_agrees_with_a_simple_model() {
        let mut cache: LruCache<u32, u32> = LruCache::new(20);
        // Least recently used first, with weights.
        let mut model: Vec<(u32, u32, usize)> = Vec::new();
        let mut seed = 12_345u32;
        for step in 0..20_000 {
            seed = seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            let (key, weight) = (seed >> 16 & 31, (seed >> 24 & 7) as usize);
            let place = model.iter().position(|entry| entry.0 == key);
            let found = place.map(|place| model[place].1);
            match seed >> 28 {
                0..=5 => {
                    let stored = cache.insert_weighted(key, step, weight).unwrap();
                    assert_eq!(stored.replaced, found);
                    place.map(|place| model.remove(place));
                    model.push((key, step, weight));
                    let mut evicted = Vec::new();
                    while model.iter().map(|entry| entry.2).sum::<usize>() > 20 {
                        let (key, value, _) = model.remove(0);
                        evicted.push((key, value));
                    }
                    assert_eq!(stored.evicted, evicted);
                }
                6..=9 => {
                    assert_eq!(cache.get(&key).copied(), found);
                    if let Some(place) = place {
                        let entry = model.remove(place);
                        model.push(entry);
                    }
                }
                10 | 11 => {
                    assert_eq!(cache.remove(&key), found);
                    place.map(|place| model.remove(place));
                }
                12 => {
                    let oldest = (!model.is_empty()).then(|| model.remove(0));
                    assert_eq!(cache.pop_lru(), oldest.map(|entry| (entry.0, entry.1)));
                }
                13 => {
                    let newest = model.pop();
                    assert_eq!(cache.pop_mru(), newest.map(|entry| (entry.0, entry.1)));
                }
                _ => assert_eq!(cache.peek(&key).copied(), found),
            }
            let entries: Vec<_> = cache.iter().rev().map(|(k, v)| (*k, *v)).collect();
            let expected: Vec<_> = model.iter().map(|entry| (entry.0, entry.1)).collect();
            assert_eq!(entries, expected);
            let total: usize = model.iter().map(|entry| entry.2).sum();
            assert_eq!((cache.weight(), cache.len()), (total, model.len()));
        }
    }
}

mod removing {
    use super::*;

    #[test]
    fn entries_come_out_by_key() {
        let mut cache = letters(4, "abcd");
        assert_eq!(cache.remove("b"), Some(1));
        assert_eq!(cache.remove("b"), None);
        assert_eq!(cache.remove_entry("d"), Some(("d".into(), 3)));
        assert_eq!(order(&cache), "ca");
        assert_eq!(cache.weight(), 2);
    }

    #[test]
    fn entries_come_out_at_both_ends() {
        let mut cache = letters(4, "abc");
        assert_eq!(cache.pop_lru(), Some(("a".into(), 0)));
        assert_eq!(cache.pop_mru(), Some(("c".into(), 2)));
        assert_eq!(cache.pop_mru(), Some(("b".into(), 1)));
        assert_eq!(cache.pop_lru(), None);
        assert_eq!(cache.pop_mru(), None);
        assert_eq!(cache.weight(), 0);
    }

    #[test]
    fn a_cleared_cache_can_be_used_again() {
        let mut cache = letters(3, "abc");
        cache.clear();
        assert_eq!((cache.len(), cache.weight(), cache.capacity()), (0, 0, 3));
        assert_eq!(cache.peek("a"), None);
        cache.insert("b".into(), 8).unwrap();
        assert_eq!(order(&cache), "b");
    }

    #[test]
    fn retain_asks_the_oldest_first_and_keeps_the_order() {
        let mut cache = letters(5, "abcde");
        let mut asked = String::new();
        cache.retain(|key, value| {
            asked.push_str(key);
            *value += 10;
            *value % 2 == 0
        });
        assert_eq!(asked, "abcde");
        assert_eq!(order(&cache), "eca");
        assert_eq!(cache.weight(), 3);
        assert_eq!(cache.peek("c"), Some(&12));
        assert!(!cache.contains_key("b"));
    }
}

mod iterating {
    use super::*;

    #[test]
    fn the_newest_comes_first() {
        let cache = letters(4, "abcd");
        let values: Vec<u32> = (&cache).into_iter().map(|(_, value)| *value).collect();
        assert_eq!(values, [3, 2, 1, 0]);
        let backward: String = cache.iter().rev().map(|(key, _)| key.as_str()).collect();
        assert_eq!(backward, "abcd");
    }

    #[test]
    fn both_ends_meet() {
        let cache = letters(3, "abc");
        let mut entries = cache.iter();
        assert_eq!(entries.len(), 3);
        assert_eq!(entries.next().unwrap().0, "c");
        let copy = entries.clone();
        assert_eq!(entries.next_back().unwrap().0, "a");
        assert_eq!(entries.len(), 1);
        assert_eq!(entries.next_back().unwrap().0, "b");
        assert_eq!((entries.next(), entries.next_back()), (None, None));
        assert_eq!((entries.next(), entries.len()), (None, 0));
        assert_eq!(copy.count(), 2);
    }

    #[test]
    fn an_owned_cache_gives_its_entries_away() {
        let mut cache = letters(4, "abcd");
        cache.get("a");
        let mut entries = cache.into_iter();
        assert_eq!(entries.len(), 4);
        assert_eq!(entries.next(), Some(("a".into(), 0)));
        assert_eq!(entries.next_back(), Some(("b".into(), 1)));
        assert_eq!(keys(&entries.collect::<Vec<_>>()), "dc");
    }

    #[test]
    fn evict_while_is_lazy_and_may_stop_early() {
        let mut cache = letters(5, "abcde");
        drop(cache.evict_while(|_, _| true));
        assert_eq!(cache.len(), 5);
        let two: Vec<_> = cache.evict_while(|_, _| true).take(2).collect();
        assert_eq!(keys(&two), "ab");
        assert_eq!(order(&cache), "edc");
        assert_eq!(cache.weight(), 3);
        assert!(!cache.contains_key("a"));
    }

    #[test]
    fn evict_while_stops_for_good_at_the_first_no() {
        let mut cache = letters(5, "abcde");
        let mut asked = String::new();
        let mut evictions = cache.evict_while(|key, value| {
            asked.push_str(key);
            *value != 2
        });
        assert_eq!(evictions.next(), Some(("a".into(), 0)));
        assert_eq!(evictions.next(), Some(("b".into(), 1)));
        assert_eq!(evictions.next(), None);
        assert_eq!(evictions.next(), None);
        drop(evictions);
        assert_eq!(asked, "abc");
        assert_eq!(order(&cache), "edc");
    }

    #[test]
    fn evict_while_may_empty_the_cache() {
        let mut cache = letters(3, "abc");
        assert_eq!(cache.evict_while(|_, _| true).count(), 3);
        assert_eq!((cache.len(), cache.weight()), (0, 0));
        assert_eq!(cache.evict_while(|_, _| true).next(), None);
    }
}

mod owning {
    use super::*;

    #[test]
    fn everything_is_dropped_exactly_once() {
        let drops = Drops::default();
        let mut cache = LruCache::new(5);
        for name in 0..10 {
            cache
                .insert(drops.item(name), drops.item(100 + name))
                .unwrap();
        }
        assert!((0..5).all(|name| (drops.of(name), drops.of(100 + name)) == (1, 1)));
        drop(cache.remove(&drops.item(7)));
        assert_eq!(drops.of(107), 1);
        cache.retain(|key, _| key.name != 8);
        assert_eq!(drops.of(108), 1);
        cache.insert(drops.item(9), drops.item(200)).unwrap();
        assert_eq!(drops.of(109), 1);
        assert_eq!(drops.of(200), 0);
        let mut entries = cache.into_iter();
        drop(entries.next());
        assert_eq!(drops.of(200), 1);
        assert_eq!(drops.of(105), 0);
        drop(entries);
        assert!((0..10).all(|name| drops.of(100 + name) == 1));
        assert_eq!((drops.of(5), drops.of(6)), (1, 1));
    }

    #[test]
    fn clearing_and_dropping_release_everything() {
        let drops = Drops::default();
        let mut cache = LruCache::new(5);
        cache.insert(drops.item(1), drops.item(2)).unwrap();
        cache.clear();
        assert_eq!((drops.of(1), drops.of(2)), (1, 1));
        cache.insert(drops.item(3), drops.item(4)).unwrap();
        drop(cache);
        assert_eq!((drops.of(1), drops.of(3), drops.of(4)), (1, 1, 1));
    }

    #[test]
    fn a_clone_goes_its_own_way() {
        let mut cache = weighted(6, &[("a", 1), ("b", 2), ("c", 3)]);
        let mut copy = cache.clone();
        cache.clear();
        assert_eq!(order(&copy), "cba");
        assert_eq!((copy.weight(), copy.weight_of("b")), (6, Some(2)));
        assert_eq!(keys(&copy.insert("d".into(), 0).unwrap().evicted), "a");
        assert!(copy.touch("b"));
        assert_eq!(order(&copy), "bdc");
    }

    #[test]
    fn the_cache_prints_like_a_map() {
        let mut cache = LruCache::new(2);
        cache.insert(1, "a").unwrap();
        cache.insert(2, "b").unwrap();
        assert_eq!(format!("{cache:?}"), r#"{2: "b", 1: "a"}"#);
    }

    #[test]
    fn the_cache_crosses_threads_if_its_contents_do() {
        fn send<T: Send>() {}
        fn sync<T: Sync>() {}
        send::<LruCache<Box<str>, Cell<u8>>>();
        send::<LruCache<Cell<u8>, Cell<u8>>>();
        sync::<LruCache<String, Vec<u8>>>();
    }
}

mod cost {
    use super::*;

    #[test]
    fn lookups_compare_and_hash_few_keys() {
        let count = 4096;
        let mut cache = LruCache::new(count as usize);
        for key in 0..2 * count {
            cache.insert(Costly(key), key).unwrap();
        }
        for key in (count..2 * count).rev() {
            assert_eq!(cache.get(&Costly(key)), Some(&key));
        }
        for key in (count..2 * count).step_by(2) {
            assert_eq!(cache.remove(&Costly(key)), Some(key));
        }
        while cache.pop_lru().is_some() {}
        let steps = 5 * count as usize;
        assert!(COMPARED.with(Cell::get) <= 4 * steps);
        assert!(HASHED.with(Cell::get) <= 10 * steps);
    }

    #[test]
    fn large_caches_are_not_walked_through() {
        let count = 150_000u32;
        let mut cache = LruCache::new(count as usize);
        let start = Instant::now();
        for key in 0..2 * count {
            // Takes about a second; a walk at each step would take an hour.
            assert!(start.elapsed().as_secs() < 40, "gave up at {key}");
            cache.insert(key, ()).unwrap();
        }
        for key in count..2 * count {
            assert!(cache.touch(&key));
        }
        for key in (count..2 * count).step_by(2) {
            assert!(cache.remove(&key).is_some());
        }
        assert_eq!(cache.evict_while(|_, _| true).count(), 75_000);
    }
}

mod panics {
    use super::*;

    #[test]
    fn a_panic_in_retain_leaves_the_cache_in_order() {
        let mut cache = letters(5, "abcde");
        let outcome = catch_unwind(AssertUnwindSafe(|| {
            cache.retain(|key, _| {
                assert_ne!(key, "c");
                false
            })
        }));
        assert!(outcome.is_err());
        assert_eq!(order(&cache), "edc");
        assert_eq!((cache.len(), cache.weight()), (3, 3));
        assert!(!cache.contains_key("a"));
        assert!(cache.insert("f".into(), 0).unwrap().evicted.is_empty());
        assert_eq!(order(&cache), "fedc");
    }

    #[test]
    fn a_panic_in_evict_while_leaves_the_cache_in_order() {
        let mut cache = letters(5, "abcde");
        let outcome = catch_unwind(AssertUnwindSafe(|| {
            cache.evict_while(|key, _| key != "b" || panic!()).count()
        }));
        assert!(outcome.is_err());
        assert_eq!(order(&cache), "edcb");
        assert_eq!(cache.pop_lru(), Some(("b".into(), 1)));
        assert_eq!(cache.weight(), 3);
    }

    #[test]
    fn a_panic_in_a_lookup_leaves_the_cache_in_order() {
        #[derive(Debug)]
        struct Touchy(u32, bool);
        impl PartialEq for Touchy {
            fn eq(&self, other: &Self) -> bool {
                assert!(!self.1 && !other.1, "touched");
                self.0 == other.0
            }
        }
        impl Eq for Touchy {}
        impl Hash for Touchy {
            fn hash<H: Hasher>(&self, state: &mut H) {
                self.0.hash(state);
            }
        }
        let mut cache = LruCache::new(3);
        for key in 0..3 {
            cache.insert(Touchy(key, false), key).unwrap();
        }
        let broken = Touchy(1, true);
        assert!(catch_unwind(AssertUnwindSafe(|| cache.touch(&broken))).is_err());
        assert!(catch_unwind(AssertUnwindSafe(|| cache.get(&broken).copied())).is_err());
        let values: Vec<u32> = cache.iter().map(|(_, value)| *value).collect();
        assert_eq!(values, [2, 1, 0]);
        assert_eq!(cache.get(&Touchy(1, false)), Some(&1));
    }
}
