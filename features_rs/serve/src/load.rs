//! How much is under way, and the bounds of it.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};

/// Bounds; what is beyond one is refused at once.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    /// Calls under way, streams included.
    pub calls: usize,
    /// Streams open.
    pub streams: usize,
    /// Bytes of a request.
    pub message_bytes: usize,
}

/// Counts what is under way and what was turned away.
#[derive(Debug, Default)]
pub struct Load {
    calls: AtomicUsize,
    streams: AtomicUsize,
    shed: AtomicU64,
}

/// A place that is taken until this is dropped.
#[derive(Debug)]
pub struct Place {
    load: Arc<Load>,
    counter: fn(&Load) -> &AtomicUsize,
}

impl Drop for Place {
    fn drop(&mut self) {
        (self.counter)(&self.load).fetch_sub(1, Ordering::Relaxed);
    }
}

impl Load {
    /// A place for a call; None when `most` are taken.
    pub fn enter_call(self: &Arc<Self>, most: usize) -> Option<Place> {
        self.enter(|load| &load.calls, most)
    }

    /// A place for a stream; None when `most` are taken.
    pub fn enter_stream(self: &Arc<Self>, most: usize) -> Option<Place> {
        self.enter(|load| &load.streams, most)
    }

    /// Calls under way.
    #[must_use]
    pub fn in_flight(&self) -> usize {
        self.calls.load(Ordering::Relaxed)
    }

    /// Calls and streams turned away so far.
    #[must_use]
    pub fn shed(&self) -> u64 {
        self.shed.load(Ordering::Relaxed)
    }

    fn enter(self: &Arc<Self>, counter: fn(&Self) -> &AtomicUsize, most: usize) -> Option<Place> {
        let place = Place {
            load: Arc::clone(self),
            counter,
        };
        if counter(self).fetch_add(1, Ordering::Relaxed) < most {
            return Some(place);
        }
        self.shed.fetch_add(1, Ordering::Relaxed);
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_what_is_turned_away_and_forgets_what_left() {
        let load = Arc::new(Load::default());
        let first = load.enter_call(1);
        assert!(first.is_some());
        assert!(load.enter_call(1).is_none());
        assert_eq!((load.in_flight(), load.shed()), (1, 1));
        drop(first);
        assert!(load.enter_call(1).is_some());
        assert_eq!((load.in_flight(), load.shed()), (0, 1));
    }
}
