//! One line of the answers file.

use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::Path;
use std::time::{Duration, Instant};

use serde::Serialize;
use tonic::Code;

use crate::call::Outcome;
use crate::error::LoadError;
use crate::ledger::decision_name;
use crate::workload::Workload;

/// A payment that was sent and what came back. An error leaves the fields of a response empty.
#[derive(Serialize)]
struct Answer<'a> {
    index: usize,
    transaction_id: &'a str,
    warm_up: bool,
    event_time_us: i64,
    sent_us: f64,
    latency_us: f64,
    lag_us: f64,
    code: &'static str,
    message: &'a str,
    decision: Option<&'static str>,
    probability: Option<f32>,
    risk_score: Option<u32>,
    model_version: Option<&'a str>,
    reasons: Vec<(&'a str, f32)>,
    degraded: bool,
    duplicate: bool,
    late: bool,
    server_us: u32,
}

impl<'a> Answer<'a> {
    fn new(outcome: &'a Outcome, workload: &'a Workload, begin: Instant) -> Self {
        let status = outcome.result.as_ref().err();
        let response = outcome.result.as_ref().ok().and_then(Option::as_ref);
        let flags = response.and_then(|response| response.flags.as_ref());
        let timing = response.and_then(|response| response.server_timing.as_ref());
        Self {
            index: outcome.index,
            transaction_id: workload.transaction_id(outcome.index),
            warm_up: workload.is_warm_up(outcome.index),
            event_time_us: outcome.event_time_us,
            sent_us: micros(outcome.sent.saturating_duration_since(begin)),
            latency_us: micros(outcome.latency),
            lag_us: micros(outcome.lag),
            code: code_name(status.map_or(Code::Ok, tonic::Status::code)),
            message: status.map_or("", tonic::Status::message),
            decision: response.map(|response| decision_name(response.decision())),
            probability: response.map(|response| response.probability),
            risk_score: response.map(|response| response.risk_score),
            model_version: response.map(|response| response.model_version.as_str()),
            reasons: response.map_or_else(Vec::new, |response| {
                let reasons = response.reasons.iter();
                reasons
                    .map(|reason| (reason.code.as_str(), reason.weight))
                    .collect()
            }),
            degraded: flags.is_some_and(|flags| flags.degraded),
            duplicate: flags.is_some_and(|flags| flags.duplicate),
            late: flags.is_some_and(|flags| flags.late),
            server_us: timing.map_or(0, |timing| timing.total_us),
        }
    }
}

fn micros(time: Duration) -> f64 {
    time.as_nanos() as f64 / 1000.0
}

/// Write one JSON line for each outcome, in the order of the payments.
///
/// # Errors
///
/// The file cannot be written.
pub fn write_answers(
    path: &Path,
    outcomes: &mut [Outcome],
    workload: &Workload,
) -> Result<(), LoadError> {
    outcomes.sort_by_key(|outcome| outcome.index);
    let failed = |source| LoadError::Write {
        path: path.to_owned(),
        source,
    };
    let begin = outcomes.iter().map(|outcome| outcome.sent).min();
    let begin = begin.unwrap_or_else(Instant::now);
    let mut file = BufWriter::new(File::create(path).map_err(failed)?);
    for outcome in outcomes {
        let line = serde_json::to_string(&Answer::new(outcome, workload, begin))?;
        writeln!(file, "{line}").map_err(failed)?;
    }
    file.flush().map_err(failed)
}

/// The code as the gRPC specification writes it.
pub fn code_name(code: Code) -> &'static str {
    match code {
        Code::Ok => "OK",
        Code::Cancelled => "CANCELLED",
        Code::Unknown => "UNKNOWN",
        Code::InvalidArgument => "INVALID_ARGUMENT",
        Code::DeadlineExceeded => "DEADLINE_EXCEEDED",
        Code::NotFound => "NOT_FOUND",
        Code::AlreadyExists => "ALREADY_EXISTS",
        Code::PermissionDenied => "PERMISSION_DENIED",
        Code::ResourceExhausted => "RESOURCE_EXHAUSTED",
        Code::FailedPrecondition => "FAILED_PRECONDITION",
        Code::Aborted => "ABORTED",
        Code::OutOfRange => "OUT_OF_RANGE",
        Code::Unimplemented => "UNIMPLEMENTED",
        Code::Internal => "INTERNAL",
        Code::Unavailable => "UNAVAILABLE",
        Code::DataLoss => "DATA_LOSS",
        Code::Unauthenticated => "UNAUTHENTICATED",
    }
}
