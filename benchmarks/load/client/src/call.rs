//! One call, from its intended time to its answer.

use std::time::{Duration, Instant};

use tonic::Status;

use crate::connection::Connection;
use crate::method::Method;
use crate::proto::ScoreResponse;
use crate::workload::{Payload, Workload};

/// A call that is about to be made.
pub struct Call {
    /// What is called.
    pub method: Method,
    /// Position of the payment.
    pub index: usize,
    /// What is sent.
    pub payload: Payload,
}

/// A call that was made.
pub struct Outcome {
    /// What was called.
    pub method: Method,
    /// Position of the payment.
    pub index: usize,
    /// Event time that was sent, microseconds since the epoch.
    pub event_time_us: i64,
    /// The actual time of sending.
    pub sent: Instant,
    /// From the intended to the actual time of sending.
    pub lag: Duration,
    /// From the intended time of sending to the answer.
    pub latency: Duration,
    /// The answer.
    pub result: Result<Option<ScoreResponse>, Status>,
}

impl Call {
    /// Send now and wait for the answer; `intended` is now unless a timetable said otherwise.
    pub async fn make(
        mut self,
        workload: &Workload,
        connection: &Connection,
        intended: Option<Instant>,
    ) -> Outcome {
        workload.stamp(&mut self.payload);
        let event_time_us = self.payload.event_time_us();
        let sent = Instant::now();
        let intended = intended.unwrap_or(sent);
        let result = connection.call(self.payload).await;
        Outcome {
            method: self.method,
            index: self.index,
            event_time_us,
            sent,
            lag: sent.saturating_duration_since(intended),
            latency: intended.elapsed(),
            result,
        }
    }
}
