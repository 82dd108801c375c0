//! Counts payments that were decided here, in the cells of `fraud/exposition/buckets.py`.

use std::collections::BTreeMap;

use fraud_features_wire::contract::{ScoreResponse, ServerTiming};

/// Stages of a call, in the order of `scorer/metrics/shard.py`.
pub const STAGES: usize = 7;

/// What makes one series of predictions, and its count: decision, variant, version of the model.
pub type Outcome = (i32, i32, String, u64);

/// Of one channel: for each stage its cells and its sum in microseconds.
#[derive(Debug, Clone)]
pub struct Latencies {
    /// Counts.
    pub cells: [Vec<u64>; STAGES],
    /// Sums.
    pub sums: [u64; STAGES],
}

/// Everything counted so far.
#[derive(Debug, Clone, Default)]
pub struct Tally {
    bounds_us: Vec<u32>,
    /// In the order in which they were first seen.
    pub outcomes: Vec<Outcome>,
    /// By `fraud.v1.Channel`.
    pub channels: BTreeMap<i32, Latencies>,
    /// Payments further behind the newest than the lateness bound.
    pub late: u64,
}

impl Tally {
    /// Counts in cells with these inclusive upper bounds, and one above the last.
    #[must_use]
    pub fn new(bounds_us: Vec<u32>) -> Self {
        Self {
            bounds_us,
            ..Self::default()
        }
    }

    /// Counts an answer.
    pub fn count(&mut self, channel: i32, response: &ScoreResponse, timing: &ServerTiming) {
        let late = response.flags.is_some_and(|flags| flags.late);
        self.late += u64::from(late);
        self.count_outcome(response);
        let cells = self.bounds_us.len() + 1;
        let latencies = self.channels.entry(channel).or_insert_with(|| Latencies {
            cells: std::array::from_fn(|_| vec![0; cells]),
            sums: [0; STAGES],
        });
        let stages = latencies.cells.iter_mut().zip(&mut latencies.sums);
        for ((cells, sum), took) in stages.zip(stages_of(timing)) {
            let cell = self.bounds_us.partition_point(|bound| *bound < took);
            if let Some(count) = cells.get_mut(cell) {
                *count += 1;
            }
            *sum += u64::from(took);
        }
    }

    fn count_outcome(&mut self, response: &ScoreResponse) {
        let (decision, variant) = (response.decision, response.variant);
        let known = self.outcomes.iter_mut().rev().find(|known| {
            (known.0, known.1) == (decision, variant) && known.2 == response.model_version
        });
        match known {
            Some(known) => known.3 += 1,
            None => {
                let version = response.model_version.clone();
                self.outcomes.push((decision, variant, version, 1));
            }
        }
    }
}

fn stages_of(timing: &ServerTiming) -> [u32; STAGES] {
    [
        timing.total_us,
        timing.validate_us,
        timing.lookup_us,
        timing.assemble_us,
        timing.model_us,
        timing.decide_us,
        timing.append_us,
    ]
}
