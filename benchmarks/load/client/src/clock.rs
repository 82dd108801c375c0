//! Wall-clock time for payments, and the processor time that this process took.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use prost_types::Timestamp;
use rustix::time::{ClockId, clock_gettime};

/// Now, cut to microseconds: the resolution that features are computed in.
pub fn timestamp_now() -> Timestamp {
    to_timestamp(
        SystemTime::now()
            .duration_since(UNIX_EPOCH)
            .unwrap_or(Duration::ZERO),
    )
}

fn to_timestamp(since_epoch: Duration) -> Timestamp {
    let micros = i32::try_from(since_epoch.subsec_micros()).unwrap_or(0);
    Timestamp {
        seconds: i64::try_from(since_epoch.as_secs()).unwrap_or(i64::MAX),
        nanos: micros * 1000,
    }
}

/// Microseconds since the Unix epoch.
pub fn to_micros(timestamp: &Timestamp) -> i64 {
    timestamp
        .seconds
        .saturating_mul(1_000_000)
        .saturating_add(i64::from(timestamp.nanos) / 1000)
}

/// Processor time of this process so far, all threads.
pub fn processor_time() -> Duration {
    let time = clock_gettime(ClockId::ProcessCPUTime);
    let seconds = u64::try_from(time.tv_sec).unwrap_or(0);
    let nanos = u32::try_from(time.tv_nsec).unwrap_or(0);
    Duration::new(seconds, nanos)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn timestamps_are_whole_microseconds() {
        let timestamp = to_timestamp(Duration::new(7, 123_456_789));
        assert_eq!((timestamp.seconds, timestamp.nanos), (7, 123_456_000));
        assert_eq!(to_micros(&timestamp), 7_123_456);
    }

    #[test]
    fn processor_time_grows() {
        let before = processor_time();
        let mut sum = 0_u64;
        while processor_time() == before {
            sum = std::hint::black_box(sum.wrapping_add(1));
        }
        assert!(processor_time() > before);
    }
}
