//! Measures the stages of one call.

use std::time::{Instant, SystemTime, UNIX_EPOCH};

/// Runs from its making.
#[derive(Debug)]
pub struct Stopwatch {
    started: Instant,
    last: Instant,
}

impl Default for Stopwatch {
    fn default() -> Self {
        let now = Instant::now();
        Self {
            started: now,
            last: now,
        }
    }
}

impl Stopwatch {
    /// Microseconds since the last lap.
    pub fn lap(&mut self) -> u32 {
        let now = Instant::now();
        let took = now - self.last;
        self.last = now;
        u32::try_from(took.as_micros()).unwrap_or(u32::MAX)
    }

    /// Microseconds since its making.
    #[must_use]
    pub fn total(&self) -> u32 {
        u32::try_from(self.started.elapsed().as_micros()).unwrap_or(u32::MAX)
    }
}

/// Seconds and nanoseconds since the Unix epoch.
#[must_use]
pub fn now() -> (i64, i32) {
    let since = SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .unwrap_or_default();
    let seconds = i64::try_from(since.as_secs()).unwrap_or_default();
    (
        seconds,
        i32::try_from(since.subsec_nanos()).unwrap_or_default(),
    )
}

/// Microseconds since the Unix epoch.
#[must_use]
pub fn now_us() -> i64 {
    let (seconds, nanos) = now();
    seconds * 1_000_000 + i64::from(nanos / 1_000)
}
