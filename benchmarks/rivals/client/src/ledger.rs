//! What a run found.

use std::collections::BTreeMap;
use std::time::Duration;

use serde::Serialize;

use crate::answer::Outcome;
use crate::error::LoadError;
use crate::latency::{Latency, Percentiles};

/// One run. Failed calls are not in `latency`, and in `worst_us`.
#[derive(Debug, Serialize)]
pub struct Report {
    /// Calls made.
    pub sent: usize,
    /// Calls answered well.
    pub answered: usize,
    /// Calls by code that were not.
    pub failed: BTreeMap<u32, usize>,
    /// From the first measured call to the last answer, seconds.
    pub seconds: f64,
    /// Well answered calls after warm-up, from their intended time.
    pub latency: Percentiles,
    /// How late measured calls were sent.
    pub lag: Percentiles,
    /// Longest of any measured call, well answered or not, microseconds.
    pub worst_us: f64,
}

/// Sum up the outcomes of a run; the first `warm_up` are counted, not measured.
///
/// # Errors
///
/// A distribution cannot be set up.
pub fn report(
    outcomes: &[Outcome],
    warm_up: usize,
    elapsed: Duration,
) -> Result<Report, LoadError> {
    let (mut latency, mut lag) = (Latency::new()?, Latency::new()?);
    let mut failed = BTreeMap::new();
    let mut worst = Duration::ZERO;
    for outcome in outcomes {
        if outcome.answer.code != 0 {
            *failed.entry(outcome.answer.code).or_insert(0) += 1;
        }
        if outcome.index < warm_up {
            continue;
        }
        worst = worst.max(outcome.latency);
        lag.record(outcome.lag);
        if outcome.answer.code == 0 {
            latency.record(outcome.latency);
        }
    }
    Ok(Report {
        sent: outcomes.len(),
        answered: outcomes.len() - failed.values().sum::<usize>(),
        failed,
        seconds: elapsed.as_secs_f64(),
        latency: latency.percentiles(),
        lag: lag.percentiles(),
        worst_us: worst.as_secs_f64() * 1e6,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::answer::{Answer, LOST};

    #[test]
    fn failed_calls_are_counted_and_can_be_the_worst() {
        let outcome = |index, code, millis| Outcome {
            index,
            latency: Duration::from_millis(millis),
            lag: Duration::ZERO,
            answer: Answer::none(code),
        };
        let outcomes = [outcome(0, 0, 900), outcome(1, 0, 2), outcome(2, LOST, 70)];
        let report = report(&outcomes, 1, Duration::from_secs(1)).unwrap();
        assert_eq!((report.sent, report.answered), (3, 2));
        assert_eq!(report.failed, BTreeMap::from([(LOST, 1)]));
        assert_eq!(report.latency.count, 1);
        assert_eq!(report.worst_us.round(), 70_000.0);
    }
}
