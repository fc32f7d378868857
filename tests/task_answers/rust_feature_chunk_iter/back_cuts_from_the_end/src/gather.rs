//! Filling one chunk.

/// Up to `size` items from the front of `items`, fewer only if they run out.
pub(crate) fn gather<I: Iterator>(items: &mut I, size: usize) -> Vec<I::Item> {
    // The lower bound is a promise, so memory is only taken for items that come.
    let mut chunk = Vec::with_capacity(size.min(items.size_hint().0));
    while chunk.len() < size {
        match items.next() {
            Some(item) => chunk.push(item),
            None => break,
        }
    }
    chunk
}

/// Up to `size` items from the back of `items`, in their own order.
pub(crate) fn gather_back<I: DoubleEndedIterator>(items: &mut I, size: usize) -> Vec<I::Item> {
    let mut chunk = gather(&mut items.rev(), size);
    chunk.reverse();
    chunk
}
