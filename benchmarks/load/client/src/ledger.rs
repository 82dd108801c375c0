//! Counts and measures every call of a run.

use std::collections::BTreeMap;

use hdrhistogram::CreationError;
use serde::Serialize;

use crate::answer::code_name;
use crate::call::Outcome;
use crate::latency::Latency;
use crate::method::Method;
use crate::proto::{Decision, ScoreResponse};
use crate::stages::Stages;
use crate::workload::Workload;

/// The calls of one method.
pub struct Tally {
    /// Calls made; the answered and the failed add up to it.
    pub sent: u64,
    /// Calls answered without an error.
    pub answered: u64,
    /// Failed calls by gRPC code.
    pub errors: BTreeMap<&'static str, u64>,
    /// Calls not made because too many were in flight.
    pub over_limit: u64,
    /// Calls counted above, but not measured below.
    pub warm_up: u64,
    /// Intended send time to answer, of answered calls.
    pub latency: Latency,
    /// Intended to actual send time, of all measured calls.
    pub lag: Latency,
}

/// What the scorer's answers said.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Answers {
    /// By name of the decision.
    pub decisions: BTreeMap<&'static str, u64>,
    /// Flagged as scored before.
    pub duplicates: u64,
    /// Flagged as decided without the model.
    pub degraded: u64,
    /// Flagged as later than the lateness bound.
    pub late: u64,
    /// Carrying another transaction's id.
    pub mismatched: u64,
}

/// All that a run found out.
pub struct Ledger {
    /// The null RPC.
    pub ping: Tally,
    /// The scoring call.
    pub score: Tally,
    /// What the scores said.
    pub answers: Answers,
    /// What the server says of its own time.
    pub stages: Stages,
    /// Every score, if they are kept.
    pub outcomes: Vec<Outcome>,
    keep: bool,
}

impl Tally {
    fn new() -> Result<Self, CreationError> {
        Ok(Self {
            sent: 0,
            answered: 0,
            errors: BTreeMap::new(),
            over_limit: 0,
            warm_up: 0,
            latency: Latency::new()?,
            lag: Latency::new()?,
        })
    }

    fn record(&mut self, outcome: &Outcome, warm_up: bool) {
        match &outcome.result {
            Ok(_) => self.answered += 1,
            Err(status) => *self.errors.entry(code_name(status.code())).or_default() += 1,
        }
        if warm_up {
            self.warm_up += 1;
            return;
        }
        self.lag.record(outcome.lag);
        if outcome.result.is_ok() {
            self.latency.record(outcome.latency);
        }
    }

    /// Calls that failed.
    pub fn failed(&self) -> u64 {
        self.errors.values().sum()
    }
}

impl Answers {
    fn record(&mut self, response: &ScoreResponse, transaction_id: &str) {
        *self
            .decisions
            .entry(decision_name(response.decision()))
            .or_default() += 1;
        if let Some(flags) = &response.flags {
            self.duplicates += u64::from(flags.duplicate);
            self.degraded += u64::from(flags.degraded);
            self.late += u64::from(flags.late);
        }
        self.mismatched += u64::from(response.transaction_id != transaction_id);
    }
}

impl Ledger {
    /// An empty ledger; with `keep` every score is held until the end.
    ///
    /// # Errors
    ///
    /// As [`Latency::new`].
    pub fn new(keep: bool) -> Result<Self, CreationError> {
        Ok(Self {
            ping: Tally::new()?,
            score: Tally::new()?,
            answers: Answers::default(),
            stages: Stages::new()?,
            outcomes: Vec::new(),
            keep,
        })
    }

    /// The calls of `method`.
    pub fn tally(&mut self, method: Method) -> &mut Tally {
        match method {
            Method::Ping => &mut self.ping,
            Method::Score => &mut self.score,
        }
    }

    /// Take in one finished call.
    pub fn record(&mut self, outcome: Outcome, workload: &Workload) {
        let warm_up = workload.is_warm_up(outcome.index);
        self.tally(outcome.method).record(&outcome, warm_up);
        if let Ok(Some(response)) = &outcome.result {
            self.answers
                .record(response, workload.transaction_id(outcome.index));
            if let (Some(timing), false) = (&response.server_timing, warm_up) {
                self.stages.record(timing);
            }
        }
        if self.keep && outcome.method == Method::Score {
            self.outcomes.push(outcome);
        }
    }
}

/// The decision in lower case, as people say it.
pub fn decision_name(decision: Decision) -> &'static str {
    match decision {
        Decision::Unspecified => "unspecified",
        Decision::Approve => "approve",
        Decision::Review => "review",
        Decision::Decline => "decline",
    }
}
