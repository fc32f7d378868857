use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::Arc;
use std::task::{Wake, Waker};
use std::time::Duration;

use pacer::{Clock, ManualClock};

#[derive(Default)]
struct Count(AtomicUsize);

impl Wake for Count {
    fn wake(self: Arc<Self>) {
        self.0.fetch_add(1, Ordering::SeqCst);
    }
}

#[test]
fn a_timer_fires_once_at_its_deadline() {
    let clock = ManualClock::new();
    let count = Arc::new(Count::default());
    clock.schedule(Duration::from_secs(5), Waker::from(count.clone()));
    clock.advance(Duration::from_secs(4));
    assert_eq!(count.0.load(Ordering::SeqCst), 0);
    clock.advance(Duration::from_secs(1));
    clock.advance(Duration::from_secs(9));
    assert_eq!(count.0.load(Ordering::SeqCst), 1);
    assert_eq!(clock.pending(), 0);
}

#[test]
fn a_cancelled_timer_never_fires() {
    let clock = ManualClock::new();
    let count = Arc::new(Count::default());
    let timer = clock.schedule(Duration::from_secs(5), Waker::from(count.clone()));
    clock.cancel(timer);
    clock.cancel(timer);
    clock.advance(Duration::from_secs(9));
    assert_eq!(count.0.load(Ordering::SeqCst), 0);
}
