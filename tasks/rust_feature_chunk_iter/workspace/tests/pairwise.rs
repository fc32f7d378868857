use strider::IteratorExt;

#[test]
fn neighbours_come_in_pairs() {
    let pairs: Vec<_> = (1..5).pairwise().collect();
    assert_eq!(pairs, [(1, 2), (2, 3), (3, 4)]);
}

#[test]
fn one_item_has_no_neighbour() {
    assert_eq!(std::iter::once(7).pairwise().next(), None);
}

#[test]
fn the_size_hint_counts_pairs() {
    let mut pairs = (0..4).pairwise();
    assert_eq!(pairs.size_hint(), (3, Some(3)));
    pairs.next();
    assert_eq!(pairs.size_hint(), (2, Some(2)));
}
