use std::cell::Cell;
use std::collections::VecDeque;
use std::iter::FusedIterator;
use std::panic::catch_unwind;
use std::rc::Rc;

use strider::{Chunked, ChunkedExact, IteratorExt};

fn items(count: u32) -> std::ops::Range<u32> {
    0..count
}

/// A source that counts how often it is asked, from either end.
struct Counted {
    items: VecDeque<u32>,
    asked: Rc<Cell<usize>>,
}

fn counted(count: u32) -> (Counted, Rc<Cell<usize>>) {
    let asked = Rc::new(Cell::new(0));
    let source = Counted {
        items: items(count).collect(),
        asked: Rc::clone(&asked),
    };
    (source, asked)
}

impl Iterator for Counted {
    type Item = u32;

    fn next(&mut self) -> Option<u32> {
        self.asked.set(self.asked.get() + 1);
        self.items.pop_front()
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        (self.items.len(), Some(self.items.len()))
    }
}

impl DoubleEndedIterator for Counted {
    fn next_back(&mut self) -> Option<u32> {
        self.asked.set(self.asked.get() + 1);
        self.items.pop_back()
    }
}

impl ExactSizeIterator for Counted {}

/// A source that goes on after its first `None`, with a hint of its own.
struct Restless {
    answers: VecDeque<Option<u32>>,
    hint: (usize, Option<usize>),
}

fn restless(answers: &[Option<u32>]) -> Restless {
    Restless {
        answers: answers.iter().copied().collect(),
        hint: (0, None),
    }
}

impl Iterator for Restless {
    type Item = u32;

    fn next(&mut self) -> Option<u32> {
        self.answers.pop_front().flatten()
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        self.hint
    }
}

/// A source that has nothing but a hint.
fn hinted(lower: usize, upper: Option<usize>) -> Restless {
    Restless {
        answers: VecDeque::new(),
        hint: (lower, upper),
    }
}

mod chunked {
    use super::*;

    #[test]
    fn the_last_chunk_holds_what_is_left() {
        let chunks: Vec<_> = items(7).chunked(3).collect();
        assert_eq!(chunks, [vec![0, 1, 2], vec![3, 4, 5], vec![6]]);
    }

    #[test]
    fn a_multiple_gives_full_chunks_only() {
        let chunks: Vec<_> = items(6).chunked(3).collect();
        assert_eq!(chunks, [vec![0, 1, 2], vec![3, 4, 5]]);
    }

    #[test]
    fn an_empty_source_gives_no_chunk() {
        assert_eq!(items(0).chunked(3).next(), None);
        assert_eq!(items(0).chunked(3).next_back(), None);
    }

    #[test]
    fn chunks_of_one_are_single_items() {
        let chunks: Vec<_> = items(3).chunked(1).collect();
        assert_eq!(chunks, [[0], [1], [2]]);
    }

    #[test]
    fn items_need_not_be_copied() {
        let words = ["a", "b", "c"].map(|word| Box::new(word.to_string()));
        let chunks: Vec<Vec<Box<String>>> = words.into_iter().chunked(2).collect();
        assert_eq!(chunks[1][0].as_str(), "c");
    }

    #[test]
    fn the_back_gives_the_short_chunk_first() {
        let chunks: Vec<_> = items(7).chunked(3).rev().collect();
        assert_eq!(chunks, [vec![6], vec![3, 4, 5], vec![0, 1, 2]]);
        let chunks: Vec<_> = items(6).chunked(3).rev().collect();
        assert_eq!(chunks, [[3, 4, 5], [0, 1, 2]]);
    }

    #[test]
    fn both_ends_meet() {
        for count in 0..12 {
            for size in 1..6 {
                let expected: Vec<_> = items(count).chunked(size).collect();
                for pattern in 0..64u32 {
                    let mut chunks = items(count).chunked(size);
                    let (mut front, mut back) = (Vec::new(), VecDeque::new());
                    for step in 0.. {
                        let left = expected.len() - front.len() - back.len();
                        assert_eq!(chunks.len(), left);
                        if pattern >> (step % 6) & 1 == 0 {
                            match chunks.next() {
                                Some(chunk) => front.push(chunk),
                                None => break,
                            }
                        } else {
                            match chunks.next_back() {
                                Some(chunk) => back.push_front(chunk),
                                None => break,
                            }
                        }
                    }
                    front.extend(back);
                    assert_eq!(front, expected, "{count} by {size}, {pattern:b}");
                }
            }
        }
    }

    #[test]
    fn the_length_is_the_number_of_chunks_to_come() {
        let mut chunks = items(7).chunked(3);
        assert_eq!(chunks.len(), 3);
        chunks.next();
        assert_eq!(chunks.len(), 2);
        chunks.next_back();
        assert_eq!(chunks.len(), 1);
        chunks.next();
        assert_eq!(chunks.len(), 0);
    }

    #[test]
    fn the_size_hint_rounds_up() {
        assert_eq!(hinted(7, Some(9)).chunked(3).size_hint(), (3, Some(3)));
        assert_eq!(hinted(6, Some(10)).chunked(3).size_hint(), (2, Some(4)));
        assert_eq!(hinted(1, None).chunked(3).size_hint(), (1, None));
        assert_eq!(hinted(0, Some(0)).chunked(3).size_hint(), (0, Some(0)));
    }

    #[test]
    fn the_size_hint_never_overflows() {
        let most = usize::MAX;
        let hint = hinted(most, Some(most)).chunked(2).size_hint();
        assert_eq!(hint, (most / 2 + 1, Some(most / 2 + 1)));
        let hint = hinted(most, Some(most)).chunked(most).size_hint();
        assert_eq!(hint, (1, Some(1)));
        assert_eq!(
            hinted(most, None).chunked(1).size_hint(),
            (most, None::<usize>)
        );
    }
}

mod exact {
    use super::*;

    #[test]
    fn only_full_chunks_come_out() {
        let chunks: Vec<_> = items(8).chunked_exact(3).collect();
        assert_eq!(chunks, [[0, 1, 2], [3, 4, 5]]);
        assert_eq!(items(2).chunked_exact(3).next(), None);
        assert_eq!(items(0).chunked_exact(3).next(), None);
    }

    #[test]
    fn the_remainder_is_known_when_the_front_is_exhausted() {
        let mut chunks = items(8).chunked_exact(3);
        assert!(chunks.remainder().is_empty());
        chunks.next();
        chunks.next();
        assert!(chunks.remainder().is_empty());
        assert_eq!(chunks.next(), None);
        assert_eq!(chunks.remainder(), [6, 7]);
    }

    #[test]
    fn the_remainder_is_known_after_the_first_step_back() {
        let mut chunks = items(8).chunked_exact(3);
        assert_eq!(chunks.next_back(), Some(vec![3, 4, 5]));
        assert_eq!(chunks.remainder(), [6, 7]);
        assert_eq!(chunks.next(), Some(vec![0, 1, 2]));
        assert_eq!(chunks.next(), None);
        assert_eq!(chunks.into_remainder(), [6, 7]);
    }

    #[test]
    fn a_step_back_finds_the_remainder_even_if_there_is_no_chunk() {
        let mut chunks = items(2).chunked_exact(3);
        assert_eq!(chunks.next_back(), None);
        assert_eq!(chunks.remainder(), [0, 1]);
        let mut chunks = items(5).chunked_exact(3);
        assert_eq!(chunks.next(), Some(vec![0, 1, 2]));
        assert_eq!(chunks.next_back(), None);
        assert_eq!(chunks.remainder(), [3, 4]);
    }

    #[test]
    fn a_multiple_leaves_no_remainder() {
        let mut chunks = items(6).chunked_exact(3);
        assert_eq!(chunks.by_ref().count(), 2);
        assert!(chunks.remainder().is_empty());
        assert!(chunks.into_remainder().is_empty());
    }

    #[test]
    fn further_calls_leave_the_remainder_alone() {
        let mut chunks = items(5).chunked_exact(3);
        chunks.by_ref().for_each(drop);
        for _ in 0..3 {
            assert_eq!(chunks.next(), None);
            assert_eq!(chunks.next_back(), None);
            assert_eq!(chunks.remainder(), [3, 4]);
        }
    }

    #[test]
    fn giving_the_remainder_away_takes_nothing_more() {
        let (source, asked) = counted(8);
        let mut chunks = source.chunked_exact(3);
        chunks.next();
        assert!(chunks.into_remainder().is_empty());
        assert_eq!(asked.get(), 3);
    }

    #[test]
    fn items_of_the_remainder_need_not_be_copied() {
        let words = ["a", "b", "c"].map(|word| Box::new(word.to_string()));
        let mut chunks = words.into_iter().chunked_exact(2);
        assert_eq!(chunks.by_ref().count(), 1);
        assert_eq!(chunks.into_remainder()[0].as_str(), "c");
    }

    #[test]
    fn both_ends_meet() {
        for count in 0..12 {
            for size in 1..6 {
                let mut expected: Vec<_> = items(count).chunked(size).collect();
                expected.retain(|chunk| chunk.len() == size);
                let left_over: Vec<_> = items(count).skip(expected.len() * size).collect();
                for pattern in 0..64u32 {
                    let mut chunks = items(count).chunked_exact(size);
                    let (mut front, mut back) = (Vec::new(), VecDeque::new());
                    for step in 0.. {
                        let left = expected.len() - front.len() - back.len();
                        assert_eq!(chunks.len(), left);
                        if pattern >> (step % 6) & 1 == 0 {
                            match chunks.next() {
                                Some(chunk) => front.push(chunk),
                                None => break,
                            }
                        } else {
                            match chunks.next_back() {
                                Some(chunk) => back.push_front(chunk),
                                None => break,
                            }
                        }
                    }
                    front.extend(back);
                    assert_eq!(front, expected, "{count} by {size}, {pattern:b}");
                    assert_eq!(chunks.into_remainder(), left_over);
                }
            }
        }
    }

    #[test]
    fn the_size_hint_rounds_down() {
        let exact = |lower, upper| hinted(lower, upper).chunked_exact(3).size_hint();
        assert_eq!(exact(7, Some(9)), (2, Some(3)));
        assert_eq!(exact(6, Some(11)), (2, Some(3)));
        assert_eq!(exact(2, None), (0, None));
        assert_eq!(exact(usize::MAX, None), (usize::MAX / 3, None));
    }

    #[test]
    fn the_length_is_the_number_of_full_chunks_to_come() {
        let mut chunks = items(8).chunked_exact(3);
        assert_eq!(chunks.len(), 2);
        chunks.next_back();
        assert_eq!(chunks.len(), 1);
        chunks.next();
        assert_eq!(chunks.len(), 0);
        assert_eq!(items(2).chunked_exact(3).len(), 0);
    }
}

mod sources {
    use super::*;

    #[test]
    fn nothing_is_taken_before_the_first_call() {
        let (source, asked) = counted(5);
        let chunks = source.chunked(2);
        assert_eq!(asked.get(), 0);
        assert_eq!(chunks.len(), 3);
        let (source, asked) = counted(5);
        let chunks = source.chunked_exact(2);
        assert_eq!(chunks.len(), 2);
        assert_eq!(asked.get(), 0);
    }

    #[test]
    fn a_full_chunk_asks_for_no_item_more() {
        let (source, asked) = counted(9);
        let mut chunks = source.chunked(2);
        chunks.next();
        assert_eq!(asked.get(), 2);
        chunks.next();
        assert_eq!(asked.get(), 4);
        let (source, asked) = counted(9);
        let mut chunks = source.chunked_exact(2);
        chunks.next();
        chunks.next();
        assert_eq!(asked.get(), 4);
    }

    #[test]
    fn the_back_takes_only_what_it_needs() {
        let (source, asked) = counted(9);
        let mut chunks = source.chunked(4);
        chunks.next_back();
        assert_eq!(asked.get(), 1);
        chunks.next_back();
        assert_eq!(asked.get(), 5);
        let (source, asked) = counted(9);
        let mut chunks = source.chunked_exact(4);
        chunks.next_back();
        assert_eq!(asked.get(), 5);
    }

    #[test]
    fn an_endless_source_is_fine() {
        let mut chunks = (0u64..).chunked(2);
        assert_eq!(chunks.next(), Some(vec![0, 1]));
        let odd: Vec<_> = (1u64..).step_by(2).chunked_exact(2).take(2).collect();
        assert_eq!(odd, [[1, 3], [5, 7]]);
    }

    #[test]
    fn an_ended_source_is_left_alone() {
        let answers = [Some(1), None, Some(2), Some(3), Some(4), None];
        let mut chunks = restless(&answers).chunked(2);
        assert_eq!(chunks.next(), Some(vec![1]));
        assert_eq!(chunks.next(), None);
        assert_eq!(chunks.next(), None);
        let mut chunks = restless(&answers).chunked_exact(2);
        assert_eq!(chunks.next(), None);
        assert_eq!(chunks.next(), None);
        assert_eq!(chunks.remainder(), [1]);
    }

    #[test]
    fn an_ended_source_is_left_alone_between_chunks() {
        let answers = [Some(1), Some(2), None, Some(3), Some(4), None];
        let mut chunks = restless(&answers).chunked(2);
        assert_eq!(chunks.next(), Some(vec![1, 2]));
        assert_eq!(chunks.next(), None);
        assert_eq!(chunks.next(), None);
        let mut chunks = restless(&answers).chunked_exact(2);
        assert_eq!(chunks.next(), Some(vec![1, 2]));
        assert_eq!(chunks.next(), None);
        assert_eq!(chunks.next(), None);
        assert!(chunks.remainder().is_empty());
    }

    #[test]
    fn the_size_hint_is_zero_after_the_end() {
        let answers = [Some(1), None, Some(2), Some(3)];
        let mut chunks = restless(&answers).chunked(2);
        assert_eq!(chunks.size_hint(), (0, None));
        chunks.next();
        assert_eq!(chunks.size_hint(), (0, Some(0)));
        let mut chunks = restless(&answers).chunked_exact(2);
        chunks.next();
        assert_eq!(chunks.size_hint(), (0, Some(0)));
    }

    #[test]
    fn both_adaptors_are_fused() {
        fn fused<I: FusedIterator>(_: &I) {}
        let mut chunks = restless(&[None, Some(1)]).chunked(1);
        fused(&chunks);
        assert_eq!((chunks.next(), chunks.next()), (None, None));
        let mut chunks = restless(&[None, Some(1)]).chunked_exact(1);
        fused(&chunks);
        assert_eq!((chunks.next(), chunks.next()), (None, None));
    }
}

mod sizes {
    use super::*;

    fn message(panic: Box<dyn std::any::Any + Send>) -> String {
        match panic.downcast::<String>() {
            Ok(text) => *text,
            Err(panic) => panic.downcast::<&str>().unwrap().to_string(),
        }
    }

    #[test]
    fn zero_panics_when_the_adaptor_is_made() {
        let panic = catch_unwind(|| drop(items(3).chunked(0))).unwrap_err();
        assert!(message(panic).contains("chunk size must not be zero"));
        let panic = catch_unwind(|| drop(items(3).chunked_exact(0))).unwrap_err();
        assert!(message(panic).contains("chunk size must not be zero"));
    }

    #[test]
    fn a_size_larger_than_the_source_gives_one_chunk() {
        assert_eq!(
            items(5).chunked(usize::MAX).next(),
            Some(vec![0, 1, 2, 3, 4])
        );
        let mut back = items(5).chunked(usize::MAX);
        assert_eq!(back.len(), 1);
        assert_eq!(back.next_back(), Some(vec![0, 1, 2, 3, 4]));
        assert_eq!(back.next_back(), None);
    }

    #[test]
    fn a_size_larger_than_the_source_leaves_it_all_as_the_remainder() {
        let mut chunks = items(5).chunked_exact(usize::MAX);
        assert_eq!(chunks.next(), None);
        assert_eq!(chunks.remainder(), [0, 1, 2, 3, 4]);
        let mut chunks = items(5).chunked_exact(usize::MAX);
        assert_eq!(chunks.next_back(), None);
        assert_eq!(chunks.into_remainder(), [0, 1, 2, 3, 4]);
    }

    #[test]
    fn a_generous_upper_bound_reserves_nothing() {
        let mut source = restless(&[Some(1), Some(2), None]);
        source.hint = (0, Some(usize::MAX));
        assert_eq!(source.chunked(usize::MAX).next(), Some(vec![1, 2]));
        let mut source = restless(&[Some(1), None]);
        source.hint = (0, Some(usize::MAX));
        let mut chunks = source.chunked_exact(usize::MAX);
        assert_eq!(chunks.next(), None);
        assert_eq!(chunks.into_remainder(), [1]);
    }

    #[test]
    fn a_generous_lower_bound_reserves_one_chunk() {
        let chunk = std::iter::repeat(7u64).chunked(3).next().unwrap();
        assert_eq!(chunk, [7, 7, 7]);
        let chunk = std::iter::repeat(7u64).chunked_exact(3).next().unwrap();
        assert_eq!(chunk, [7, 7, 7]);
    }
}

mod traits {
    use super::*;

    #[test]
    fn a_clone_goes_its_own_way() {
        let mut chunks: Chunked<_> = items(5).chunked(2);
        chunks.next();
        let copy = chunks.clone();
        assert_eq!(chunks.count(), 2);
        assert_eq!(copy.collect::<Vec<_>>(), [vec![2, 3], vec![4]]);
        let mut chunks: ChunkedExact<_> = items(5).chunked_exact(2);
        chunks.by_ref().for_each(drop);
        let copy = chunks.clone();
        assert_eq!(copy.remainder(), chunks.remainder());
    }

    #[test]
    fn adaptors_can_be_printed() {
        assert!(format!("{:?}", items(5).chunked(2)).contains("Chunked"));
        assert!(format!("{:?}", items(5).chunked_exact(2)).contains("ChunkedExact"));
    }

    #[test]
    fn pairs_still_work() {
        let pairs: Vec<_> = items(4).pairwise().collect();
        assert_eq!(pairs, [(0, 1), (1, 2), (2, 3)]);
        assert_eq!(items(4).pairwise().size_hint(), (3, Some(3)));
        assert_eq!(items(1).pairwise().next(), None);
    }
}
