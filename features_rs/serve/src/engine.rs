//! The hot path without Python: validate, look up, assemble, run the model, decide, append, reply.
//!
//! It takes the plain payments alone, and gives the bytes that `scorer/pipeline.py` would give,
//! which is the reference. Whatever is not plain (a field that breaks a rule, a field of a newer
//! build, an id that was scored before, a label that waits, no model, a failure of the disk) is
//! answered by `None`, and then Python's to answer: to it the call is one that nobody had made.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use fraud_features::contract::{DIGEST, to_hex};
use fraud_features::{Outcome, Store, WIDTH};
use fraud_features_wire::contract::{
    Decision, Flags, Prediction, ScoreRequest, ScoreResponse, ServerTiming, Transaction,
};
use fraud_features_wire::payment;
use parking_lot::{Mutex, RwLock};
use prost::Message;
use prost_types::Timestamp;
use sha2::{Digest, Sha256};

use crate::log::Log;
use crate::reasons::Codes;
use crate::serving::{Serving, ServingModel};
use crate::stopwatch::{Stopwatch, now, now_us};
use crate::tally::Tally;
use crate::turns::Turns;
use crate::waiting::Waiting;

const GREATEST_RISK: f64 = 999.0;
/// No topic is followed, so no answer tells the age of the state.
const NOT_FOLLOWING: i64 = i64::MIN;
/// Of the one field of a stream's message, and of the first of a request.
const FIRST_FIELD: u8 = 0x0a;

/// Scores plain payments; may be called from any thread.
pub struct Engine {
    store: Arc<Mutex<Store>>,
    log: Arc<Log>,
    turns: Arc<Turns>,
    waiting: Arc<Waiting>,
    serving: RwLock<Option<Arc<Serving>>>,
    complete_us: AtomicI64,
    tally: Mutex<Tally>,
    codes: Codes,
    contract_digest: String,
}

impl Engine {
    /// An engine that has no model yet; `bounds_us` are those of [`Tally::new`].
    #[must_use]
    pub fn new(
        store: Arc<Mutex<Store>>,
        log: Arc<Log>,
        turns: Arc<Turns>,
        waiting: Arc<Waiting>,
        bounds_us: Vec<u32>,
    ) -> Self {
        Self {
            store,
            log,
            turns,
            waiting,
            serving: RwLock::new(None),
            complete_us: AtomicI64::new(NOT_FOLLOWING),
            tally: Mutex::new(Tally::new(bounds_us)),
            codes: Codes::default(),
            contract_digest: to_hex(&*DIGEST),
        }
    }

    /// Has other models serve from the next payment on; with None all payments are Python's.
    pub fn serve(&self, serving: Option<Serving>) {
        *self.serving.write() = serving.map(Arc::new);
    }

    /// Nothing that a broker got before this time is missing from the state.
    pub fn set_complete_us(&self, complete_us: i64) {
        self.complete_us.store(complete_us, Ordering::Relaxed);
    }

    /// What was counted so far.
    #[must_use]
    pub fn tally(&self) -> Tally {
        self.tally.lock().clone()
    }

    /// Answers a serialized `ScoreRequest`; None when Python has to.
    #[must_use]
    pub fn score(&self, payload: &[u8]) -> Option<Vec<u8>> {
        let serving = self.serving.read().clone()?;
        self.decide(&serving, payload)
    }

    /// Answers a serialized `ScoreStreamRequest`; None when Python has to.
    #[must_use]
    pub fn score_in_stream(&self, payload: &[u8]) -> Option<Vec<u8>> {
        let response = self.score(inner(payload)?)?;
        let mut answer = Vec::with_capacity(response.len() + 4);
        answer.push(FIRST_FIELD);
        prost::encode_length_delimiter(response.len(), &mut answer).ok()?;
        answer.extend(response);
        Some(answer)
    }

    fn decide(&self, serving: &Serving, payload: &[u8]) -> Option<Vec<u8>> {
        let mut watch = Stopwatch::default();
        let mut timing = ServerTiming {
            state_age_us: self.state_age_us(),
            ..ServerTiming::default()
        };
        let request = ScoreRequest::decode(payload).ok()?;
        let transaction = request.transaction?;
        let digest = digest_of(&transaction, request.from_stream, payload)?;
        let checked = payment::check(&transaction).ok()?;
        timing.validate_us = watch.lap();

        let id = transaction.transaction_id.clone();
        let _turn = self.turns.try_take(&id)?;
        if self.waiting.contains(&id) || self.log.holds(&id).ok()? {
            return None;
        }
        timing.lookup_us = watch.lap();

        let mut row = [0.0; WIDTH];
        let outcome = self.store.lock().assemble_and_record(&checked, &mut row);
        timing.assemble_us = watch.lap();

        let model = serving.choose(&transaction.account_id);
        let mut response = self.judge(model, &row)?;
        timing.model_us = watch.lap();

        response.transaction_id.clone_from(&id);
        response.flags = Some(Flags {
            late: outcome == Outcome::Late,
            ..Flags::default()
        });
        let channel = transaction.channel;
        let mut kept = kept(transaction, response, &row, model, timing);
        kept.from_stream = request.from_stream;
        let bytes = kept.encode_to_vec();
        timing.decide_us = watch.lap();

        self.log.append(&id, &digest, &bytes, now_us()).ok()?;
        timing.append_us = watch.lap();
        timing.total_us = watch.total();
        let mut response = kept.response?;
        response.server_timing = Some(timing);
        self.tally.lock().count(channel, &response, &timing);
        Some(response.encode_to_vec())
    }

    fn judge(&self, model: &ServingModel, row: &[f32; WIDTH]) -> Option<ScoreResponse> {
        let probability = model.model.run(row, 1).ok()?.first().copied()?;
        let decision = decide(f64::from(probability), model);
        let reasons = if decision == Decision::Approve {
            Vec::new()
        } else {
            let explained = self
                .codes
                .explain(&model.model, &model.reference, row, probability);
            explained.ok()?
        };
        Some(ScoreResponse {
            decision: decision.into(),
            probability,
            risk_score: risk_score(probability)?,
            reasons,
            model_version: model.version.clone(),
            variant: model.variant,
            contract_digest: self.contract_digest.clone(),
            ..ScoreResponse::default()
        })
    }

    fn state_age_us(&self) -> Option<u64> {
        let complete = self.complete_us.load(Ordering::Relaxed);
        let age = (complete != NOT_FOLLOWING).then(|| now_us() - complete)?;
        Some(u64::try_from(age).unwrap_or_default())
    }
}

/// SHA-256 of the payment as deterministic serialization gives it, if that is how it was sent:
/// fields of a newer build or in another order are Python's to keep.
fn digest_of(transaction: &Transaction, from_stream: bool, payload: &[u8]) -> Option<[u8; 32]> {
    let sent = payload.strip_prefix(&[FIRST_FIELD])?;
    let after_length = sent.get(prost::length_delimiter_len(transaction.encoded_len())..)?;
    let (own, rest) = after_length.split_at_checked(transaction.encoded_len())?;
    let flag: &[u8] = if from_stream { &[0x10, 1] } else { &[] };
    let plain = own == transaction.encode_to_vec() && rest == flag;
    plain.then(|| Sha256::digest(own).into())
}

/// The request in a stream's message, if that is all there is in it.
fn inner(payload: &[u8]) -> Option<&[u8]> {
    let mut rest = payload.strip_prefix(&[FIRST_FIELD])?;
    let length = prost::decode_length_delimiter(&mut rest).ok()?;
    (rest.len() == length).then_some(rest)
}

fn decide(probability: f64, model: &ServingModel) -> Decision {
    if probability >= model.decline_threshold {
        Decision::Decline
    } else if probability >= model.review_threshold {
        Decision::Review
    } else {
        Decision::Approve
    }
}

/// The probability in thousandths, rounded down, at most 999; None if it is none.
fn risk_score(probability: f32) -> Option<u32> {
    let thousandths = (f64::from(probability) * 1000.0).trunc().min(GREATEST_RISK);
    (thousandths >= 0.0).then_some(thousandths as u32)
}

/// The decision as it is kept.
#[expect(
    clippy::cast_possible_truncation,
    reason = "thresholds are kept as float32"
)]
fn kept(
    transaction: Transaction,
    response: ScoreResponse,
    row: &[f32; WIDTH],
    model: &ServingModel,
    timing: ServerTiming,
) -> Prediction {
    let (seconds, nanos) = now();
    Prediction {
        transaction: Some(transaction),
        response: Some(ScoreResponse {
            server_timing: Some(timing),
            ..response
        }),
        features: row.to_vec(),
        decided_at: Some(Timestamp { seconds, nanos }),
        model_digest: model.digest.clone(),
        review_threshold: model.review_threshold as f32,
        decline_threshold: model.decline_threshold as f32,
        ..Prediction::default()
    }
}
