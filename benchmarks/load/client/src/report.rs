//! The JSON that a run leaves behind.

use std::collections::BTreeMap;
use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::time::Duration;

use serde::Serialize;

use crate::error::LoadError;
use crate::latency::Percentiles;
use crate::ledger::{Answers, Ledger, Tally};
use crate::stages::Stage;

/// The calls of one method.
#[derive(Serialize)]
struct MethodReport {
    sent: u64,
    answered: u64,
    errors: BTreeMap<&'static str, u64>,
    over_limit: u64,
    warm_up: u64,
    answered_per_s: f64,
    latency: Percentiles,
    lag: Percentiles,
}

/// A whole run.
#[derive(Serialize)]
pub struct Report {
    elapsed_s: f64,
    client_cpu_s: f64,
    ping: MethodReport,
    score: MethodReport,
    answers: Answers,
    server_timing: Vec<Stage>,
}

impl Report {
    /// Sum up a ledger; `elapsed` is from the first call due to the last answer.
    pub fn new(ledger: &Ledger, elapsed: Duration, processor: Duration) -> Self {
        Self {
            elapsed_s: elapsed.as_secs_f64(),
            client_cpu_s: processor.as_secs_f64(),
            ping: MethodReport::new(&ledger.ping, elapsed),
            score: MethodReport::new(&ledger.score, elapsed),
            answers: ledger.answers.clone(),
            server_timing: ledger.stages.report(),
        }
    }

    /// Write to `path`, or to standard output without one.
    ///
    /// # Errors
    ///
    /// The file cannot be written.
    pub fn write(&self, path: Option<&Path>) -> Result<(), LoadError> {
        let text = serde_json::to_string_pretty(self)? + "\n";
        let written = match path {
            Some(path) => fs::write(path, text),
            None => io::stdout().write_all(text.as_bytes()),
        };
        written.map_err(|source| LoadError::Write {
            path: path.map_or_else(|| PathBuf::from("-"), Path::to_owned),
            source,
        })
    }
}

impl MethodReport {
    fn new(tally: &Tally, elapsed: Duration) -> Self {
        Self {
            sent: tally.sent,
            answered: tally.answered,
            errors: tally.errors.clone(),
            over_limit: tally.over_limit,
            warm_up: tally.warm_up,
            answered_per_s: tally.answered as f64 / elapsed.as_secs_f64().max(1e-9),
            latency: tally.latency.percentiles(),
            lag: tally.lag.percentiles(),
        }
    }
}
