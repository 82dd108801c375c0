//! What the server says of its own time.

use std::time::Duration;

use hdrhistogram::CreationError;
use serde::Serialize;

use crate::latency::{Latency, Percentiles};
use crate::proto::ServerTiming;

const NAMES: [&str; 7] = [
    "total", "validate", "lookup", "assemble", "model", "decide", "append",
];

/// A distribution for each stage of the server.
pub struct Stages {
    latencies: [Latency; 7],
}

/// One stage as reported.
#[derive(Serialize)]
pub struct Stage {
    /// The field of `ServerTiming`, without its unit.
    pub name: &'static str,
    /// Its distribution.
    #[serde(flatten)]
    pub percentiles: Percentiles,
}

impl Stages {
    /// Empty distributions.
    ///
    /// # Errors
    ///
    /// As [`Latency::new`].
    pub fn new() -> Result<Self, CreationError> {
        let new = Latency::new;
        Ok(Self {
            latencies: [new()?, new()?, new()?, new()?, new()?, new()?, new()?],
        })
    }

    /// Add one answer's stages.
    pub fn record(&mut self, timing: &ServerTiming) {
        let stages = [
            timing.total_us,
            timing.validate_us,
            timing.lookup_us,
            timing.assemble_us,
            timing.model_us,
            timing.decide_us,
            timing.append_us,
        ];
        for (latency, stage) in self.latencies.iter_mut().zip(stages) {
            latency.record(Duration::from_micros(u64::from(stage)));
        }
    }

    /// What is reported.
    pub fn report(&self) -> Vec<Stage> {
        let stage = |(latency, name): (&Latency, _)| Stage {
            name,
            percentiles: latency.percentiles(),
        };
        self.latencies.iter().zip(NAMES).map(stage).collect()
    }
}
