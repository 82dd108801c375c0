//! A distribution of durations, and the percentiles that are reported of it.

use std::time::Duration;

use hdrhistogram::{CreationError, Histogram};
use serde::Serialize;

const LARGEST_NS: u64 = 3_600_000_000_000;

/// Durations up to an hour, kept to three significant digits.
pub struct Latency {
    nanoseconds: Histogram<u64>,
}

/// Percentiles in microseconds; zero when nothing was measured.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize)]
pub struct Percentiles {
    /// Durations measured.
    pub count: u64,
    /// Arithmetic mean.
    pub mean_us: f64,
    /// Median.
    pub p50_us: f64,
    /// 90th percentile.
    pub p90_us: f64,
    /// 99th percentile.
    pub p99_us: f64,
    /// 99.9th percentile.
    pub p999_us: f64,
    /// Longest.
    pub max_us: f64,
}

impl Latency {
    /// An empty distribution.
    ///
    /// # Errors
    ///
    /// Never with these bounds; the library's constructor checks them.
    pub fn new() -> Result<Self, CreationError> {
        let nanoseconds = Histogram::new_with_max(LARGEST_NS, 3)?;
        Ok(Self { nanoseconds })
    }

    /// Add one duration; one over an hour counts as an hour.
    pub fn record(&mut self, duration: Duration) {
        let nanoseconds = u64::try_from(duration.as_nanos()).unwrap_or(u64::MAX);
        self.nanoseconds.saturating_record(nanoseconds);
    }

    /// What is reported.
    pub fn percentiles(&self) -> Percentiles {
        let at = |quantile| to_us(self.nanoseconds.value_at_quantile(quantile) as f64);
        Percentiles {
            count: self.nanoseconds.len(),
            mean_us: to_us(self.nanoseconds.mean()),
            p50_us: at(0.5),
            p90_us: at(0.9),
            p99_us: at(0.99),
            p999_us: at(0.999),
            max_us: to_us(self.nanoseconds.max() as f64),
        }
    }
}

/// Nanoseconds to microseconds, to a tenth.
fn to_us(nanoseconds: f64) -> f64 {
    (nanoseconds / 100.0).round() / 10.0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn percentiles_are_those_of_the_sorted_values() {
        let mut latency = Latency::new().unwrap();
        for value in (1..=1000).rev() {
            latency.record(Duration::from_micros(value));
        }
        let percentiles = latency.percentiles();
        assert_eq!(percentiles.count, 1000);
        for (found, expected) in [
            (percentiles.p50_us, 500.0),
            (percentiles.p90_us, 900.0),
            (percentiles.p99_us, 990.0),
            (percentiles.p999_us, 999.0),
            (percentiles.max_us, 1000.0),
        ] {
            assert!(
                (found - expected).abs() <= expected * 0.002,
                "{found} for {expected}"
            );
        }
    }

    #[test]
    fn nothing_measured_is_all_zero() {
        assert_eq!(
            Latency::new().unwrap().percentiles(),
            Percentiles::default()
        );
    }
}
