//! A weighted cache that forgets what was used least recently.

mod cache;
mod index;
mod list;
mod outcome;

pub use cache::{EvictWhile, Iter, LruCache};
pub use outcome::{Inserted, TooHeavy};
