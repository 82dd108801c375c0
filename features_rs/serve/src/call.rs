//! One call on its way to Python and back.

use std::time::{Duration, Instant};

use bytes::Bytes;
use http::HeaderMap;
use tokio::sync::oneshot;
use tonic::{Code, Status};

use crate::load::Place;

/// How a call that failed is answered.
#[derive(Debug, Clone)]
pub struct Refusal {
    /// A `google.rpc.Code`.
    pub code: i32,
    /// What is told.
    pub message: String,
    /// A serialized `google.rpc.Status`; empty for none.
    pub details: Bytes,
}

impl From<Refusal> for Status {
    fn from(refusal: Refusal) -> Self {
        Self::with_details(
            Code::from_i32(refusal.code),
            refusal.message,
            refusal.details,
        )
    }
}

/// What becomes of a call.
pub type Answer = Result<Bytes, Refusal>;

/// A call that waits for somebody to answer it.
#[derive(Debug)]
pub struct Call {
    /// Place of its method in the server's list.
    pub method: usize,
    /// The request.
    pub payload: Bytes,
    deadline: Option<Instant>,
    reply: oneshot::Sender<Answer>,
    /// Taken as long as this waits, even when its caller has gone: what waits has a bound.
    place: Option<Place>,
}

impl Call {
    /// A call, and where its answer comes.
    #[must_use]
    pub fn new(
        method: usize,
        payload: Bytes,
        deadline: Option<Instant>,
        place: Option<Place>,
    ) -> (Self, oneshot::Receiver<Answer>) {
        let (reply, answer) = oneshot::channel();
        let call = Self {
            method,
            payload,
            deadline,
            reply,
            place,
        };
        (call, answer)
    }

    /// Answers it; a caller that went away does not hear it.
    pub fn answer(self, answer: Answer) {
        // Before: who hears the answer may call again.
        drop(self.place);
        let _ = self.reply.send(answer);
    }

    /// Whether somebody still waits for it, and has time left.
    #[must_use]
    pub fn is_awaited(&self) -> bool {
        let is_over = |deadline| deadline <= Instant::now();
        !self.reply.is_closed() && !self.deadline.is_some_and(is_over)
    }
}

/// When a caller stops waiting, from `grpc-timeout`; None where it waits for ever.
#[must_use]
pub fn deadline_of(headers: &HeaderMap) -> Option<Instant> {
    let text = headers.get("grpc-timeout")?.to_str().ok()?;
    let (digits, unit) = text.split_at_checked(text.len().checked_sub(1)?)?;
    let count: u64 = digits.parse().ok()?;
    let time = match unit {
        "H" => Duration::from_secs(count.checked_mul(3_600)?),
        "M" => Duration::from_secs(count.checked_mul(60)?),
        "S" => Duration::from_secs(count),
        "m" => Duration::from_millis(count),
        "u" => Duration::from_micros(count),
        "n" => Duration::from_nanos(count),
        _ => return None,
    };
    Instant::now().checked_add(time)
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use http::HeaderValue;

    use super::*;
    use crate::load::Load;

    fn seconds_left(text: &'static str) -> Option<u64> {
        let mut headers = HeaderMap::new();
        headers.insert("grpc-timeout", HeaderValue::from_static(text));
        let deadline = deadline_of(&headers)?;
        Some((deadline + Duration::from_millis(500) - Instant::now()).as_secs())
    }

    #[test]
    fn reads_every_unit() {
        assert_eq!(seconds_left("2H"), Some(7_200));
        assert_eq!(seconds_left("3M"), Some(180));
        assert_eq!(seconds_left("4S"), Some(4));
        assert_eq!(seconds_left("5000m"), Some(5));
        assert_eq!(seconds_left("6000000u"), Some(6));
        assert_eq!(seconds_left("7000000000n"), Some(7));
    }

    #[test]
    fn takes_nonsense_for_no_deadline() {
        for text in ["", "S", "5", "5x", "-5S", "99999999999999999999S"] {
            assert_eq!(seconds_left(text), None, "{text}");
        }
    }

    #[test]
    fn keeps_its_place_until_it_is_taken_though_its_caller_is_gone() {
        let load = Arc::new(Load::default());
        let (call, answer) = Call::new(0, Bytes::new(), None, load.enter_call(1));
        drop(answer);
        assert!(load.enter_call(1).is_none());
        call.answer(Ok(Bytes::new()));
        assert_eq!(load.in_flight(), 0);
    }
}
