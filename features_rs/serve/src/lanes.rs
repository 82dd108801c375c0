//! Where calls wait for a thread of Python's.

use std::collections::VecDeque;

use parking_lot::{Condvar, Mutex};

use crate::call::Call;

/// Which threads answer a method.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Lane {
    /// Payments.
    Hot,
    /// What may wait for files or the registry.
    Side,
    /// Messages of streams, one of each stream at a time.
    Stream,
}

#[derive(Debug, Default)]
struct Queue {
    calls: VecDeque<Call>,
    closed: bool,
}

#[derive(Debug, Default)]
struct WaitingLane {
    queue: Mutex<Queue>,
    arrived: Condvar,
}

/// One queue for each lane; many threads take from it.
#[derive(Debug, Default)]
pub struct Lanes {
    lanes: [WaitingLane; 3],
}

impl Lanes {
    fn lane(&self, lane: Lane) -> &WaitingLane {
        let [hot, side, stream] = &self.lanes;
        match lane {
            Lane::Hot => hot,
            Lane::Side => side,
            Lane::Stream => stream,
        }
    }

    /// Has a call wait; after [`Lanes::close`] it is dropped, which its caller hears.
    pub fn push(&self, lane: Lane, call: Call) {
        let lane = self.lane(lane);
        let mut queue = lane.queue.lock();
        if !queue.closed {
            queue.calls.push_back(call);
            lane.arrived.notify_one();
        }
    }

    /// Waits for the next call; None once closed.
    pub fn next(&self, lane: Lane) -> Option<Call> {
        let lane = self.lane(lane);
        let mut queue = lane.queue.lock();
        lane.arrived
            .wait_while(&mut queue, |queue| queue.calls.is_empty() && !queue.closed);
        queue.calls.pop_front()
    }

    /// Calls that wait.
    #[must_use]
    pub fn waiting(&self, lane: Lane) -> usize {
        self.lane(lane).queue.lock().calls.len()
    }

    /// Drops what waits, and takes nothing more.
    pub fn close(&self) {
        for lane in &self.lanes {
            let mut queue = lane.queue.lock();
            queue.closed = true;
            queue.calls.clear();
            lane.arrived.notify_all();
        }
    }
}

#[cfg(test)]
mod tests {
    use bytes::Bytes;
    use std::time::{Duration, Instant};

    use super::*;

    #[test]
    fn knows_calls_that_nobody_waits_for() {
        let lanes = Lanes::default();
        let (gone, answer) = Call::new(0, Bytes::new(), None, None);
        drop(answer);
        lanes.push(Lane::Hot, gone);
        let over = Instant::now().checked_sub(Duration::from_millis(1));
        let (late, _late) = Call::new(1, Bytes::new(), over, None);
        lanes.push(Lane::Hot, late);
        let (good, _good) = Call::new(2, Bytes::new(), None, None);
        lanes.push(Lane::Hot, good);
        let awaited = || lanes.next(Lane::Hot).map(|call| call.is_awaited());
        assert_eq!(
            [awaited(), awaited(), awaited()],
            [Some(false), Some(false), Some(true)]
        );
        assert_eq!(lanes.waiting(Lane::Hot), 0);
    }

    #[test]
    fn ends_those_that_wait_when_closed() {
        let lanes = Lanes::default();
        let (call, mut answer) = Call::new(0, Bytes::new(), None, None);
        lanes.push(Lane::Side, call);
        lanes.close();
        assert!(lanes.next(Lane::Side).is_none());
        assert!(answer.try_recv().is_err());
    }
}
