//! What is sent: the payments, and the bytes of each call made from them.

use prost::{Message, length_delimiter_len};

use crate::arguments::Arguments;
use crate::clock::{timestamp_now, to_micros};
use crate::error::LoadError;
use crate::method::Method;
use crate::proto::{PingRequest, ScoreRequest};

/// The payments of a run, ready to send.
pub struct Workload {
    payments: Vec<Payment>,
    warm_up: usize,
    restamp: bool,
}

struct Payment {
    request: ScoreRequest,
    transaction_id: String,
}

/// The request of one call.
pub enum Payload {
    /// As many bytes as the payment's own request, to within two.
    Ping(PingRequest),
    /// The payment.
    Score(Box<ScoreRequest>),
}

impl Workload {
    /// Put the id prefix on every payment.
    ///
    /// # Errors
    ///
    /// A request has no transaction, or warm-up leaves nothing to measure.
    pub fn new(requests: Vec<ScoreRequest>, arguments: &Arguments) -> Result<Self, LoadError> {
        if arguments.warm_up >= requests.len() {
            return Err(LoadError::OnlyWarmUp {
                warm_up: arguments.warm_up,
                count: requests.len(),
            });
        }
        let prefix = arguments.id_prefix.as_str();
        let payments = requests.into_iter().enumerate();
        let payments = payments.map(|(index, request)| Payment::new(index, request, prefix));
        Ok(Self {
            payments: payments.collect::<Result<_, _>>()?,
            warm_up: arguments.warm_up,
            restamp: arguments.restamp,
        })
    }

    /// Payments to send.
    pub fn count(&self) -> usize {
        self.payments.len()
    }

    /// Whether this payment's calls are counted but not measured.
    pub fn is_warm_up(&self, index: usize) -> bool {
        index < self.warm_up
    }

    /// The id that payment `index` is sent under.
    pub fn transaction_id(&self, index: usize) -> &str {
        self.payments
            .get(index)
            .map_or("", |payment| payment.transaction_id.as_str())
    }

    /// The request of one call; none past the last payment.
    pub fn payload(&self, method: Method, index: usize) -> Option<Payload> {
        let request = &self.payments.get(index)?.request;
        Some(match method {
            Method::Ping => Payload::Ping(ping_like(request)),
            Method::Score => Payload::Score(Box::new(request.clone())),
        })
    }

    /// Give a payment that is sent now the present as its event time, if the run wants that.
    pub fn stamp(&self, payload: &mut Payload) {
        if let Payload::Score(request) = payload
            && let Some(transaction) = request.transaction.as_mut()
            && self.restamp
        {
            transaction.event_time = Some(timestamp_now());
        }
    }
}

impl Payment {
    fn new(index: usize, mut request: ScoreRequest, prefix: &str) -> Result<Self, LoadError> {
        let Some(transaction) = request.transaction.as_mut() else {
            return Err(LoadError::NoTransaction { index });
        };
        transaction.transaction_id.insert_str(0, prefix);
        let transaction_id = transaction.transaction_id.clone();
        Ok(Self {
            request,
            transaction_id,
        })
    }
}

impl Payload {
    /// Event time of the payment, microseconds since the epoch; 0 for a ping.
    pub fn event_time_us(&self) -> i64 {
        match self {
            Self::Ping(_) => 0,
            Self::Score(request) => request
                .transaction
                .as_ref()
                .and_then(|transaction| transaction.event_time.as_ref())
                .map_or(0, to_micros),
        }
    }
}

fn ping_like(request: &ScoreRequest) -> PingRequest {
    let bytes = request.encoded_len();
    let overhead = 1 + length_delimiter_len(bytes);
    PingRequest {
        padding: vec![0; bytes.saturating_sub(overhead)],
    }
}

#[cfg(test)]
mod tests {
    use clap::Parser;

    use super::*;
    use crate::proto::Transaction;

    fn workload(extra: &[&str], accounts: &[&str]) -> Result<Workload, LoadError> {
        let base = ["fraud-load", "--payments", "p", "--target", "t"];
        let arguments = Arguments::parse_from(base.iter().chain(extra));
        let request = |account: &&str| ScoreRequest {
            transaction: Some(Transaction {
                transaction_id: "t1".to_owned(),
                account_id: (*account).to_owned(),
                ..Transaction::default()
            }),
            ..ScoreRequest::default()
        };
        Workload::new(accounts.iter().map(request).collect(), &arguments)
    }

    #[test]
    fn the_prefix_is_on_the_wire_and_in_the_answers() {
        let workload = workload(&["--id-prefix", "run7-"], &["a"]).unwrap();
        assert_eq!(workload.transaction_id(0), "run7-t1");
        let Some(Payload::Score(request)) = workload.payload(Method::Score, 0) else {
            unreachable!("a score was asked for");
        };
        assert_eq!(request.transaction.unwrap().transaction_id, "run7-t1");
    }

    #[test]
    fn a_ping_is_as_long_as_its_payment() {
        let accounts = ["", &"a".repeat(120), &"a".repeat(123), &"a".repeat(300)];
        let workload = workload(&[], &accounts).unwrap();
        for index in 0..accounts.len() {
            let (Some(Payload::Ping(ping)), Some(Payload::Score(score))) = (
                workload.payload(Method::Ping, index),
                workload.payload(Method::Score, index),
            ) else {
                unreachable!("both were asked for");
            };
            assert!(score.encoded_len().abs_diff(ping.encoded_len()) <= 2);
        }
    }

    #[test]
    fn stamps_only_when_asked() {
        for (extra, stamped) in [(&[][..], false), (&["--restamp"][..], true)] {
            let workload = workload(extra, &["a"]).unwrap();
            let mut payload = workload.payload(Method::Score, 0).unwrap();
            workload.stamp(&mut payload);
            assert_eq!(payload.event_time_us() > 0, stamped);
        }
    }

    #[test]
    fn warm_up_must_leave_something() {
        let workload = workload(&["--warm-up", "1"], &["a"]);
        assert!(matches!(
            workload.err(),
            Some(LoadError::OnlyWarmUp {
                warm_up: 1,
                count: 1
            })
        ));
    }

    #[test]
    fn nothing_is_past_the_last_payment() {
        let workload = workload(&[], &["a"]).unwrap();
        assert!(workload.payload(Method::Score, 1).is_none());
    }
}
