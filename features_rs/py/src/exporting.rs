//! States of a kind's entities as a record batch.

use std::sync::Arc;

use arrow_array::builder::{BinaryBuilder, StringBuilder, TimestampMicrosecondBuilder};
use arrow_array::{ArrayRef, RecordBatch};
use fraud_features::{EntityKind, Store};
use parking_lot::Mutex;
use pyo3::PyResult;

use crate::errors::StateError;
use crate::recording::STEP;

/// Bytes of state after which the lock is given back, if they come before [`STEP`] entities.
const STEP_BYTES: usize = 16 << 10;
/// A batch's states fit offsets of 32 bits.
const MOST_BYTES: usize = 1 << 30;

/// An entity: its id, the event time of its newest payment, and where its state ends.
type Head = (String, i64, usize);

/// The entities from place `start` on, at most `limit`.
pub fn export(
    store: &Mutex<Store>,
    kind: EntityKind,
    start: usize,
    limit: usize,
) -> PyResult<RecordBatch> {
    let mut ids = StringBuilder::new();
    let mut times = TimestampMicrosecondBuilder::new().with_timezone("UTC");
    let mut states = BinaryBuilder::new();
    let (mut heads, mut bytes): (Vec<Head>, Vec<u8>) = (Vec::new(), Vec::new());
    let (mut place, end) = (start, start.saturating_add(limit));
    while place < end && states.values_slice().len() < MOST_BYTES {
        encode_step(&store.lock(), kind, place..end, &mut heads, &mut bytes);
        if heads.is_empty() {
            break;
        }
        place += heads.len();
        let mut from = 0;
        for (id, newest, to) in heads.drain(..) {
            ids.append_value(id);
            times.append_value(newest);
            states.append_value(bytes.get(from..to).unwrap_or_default());
            from = to;
        }
        bytes.clear();
    }
    let columns: [(&str, ArrayRef); 3] = [
        ("entity_id", Arc::new(ids.finish())),
        ("as_of", Arc::new(times.finish())),
        ("state", Arc::new(states.finish())),
    ];
    RecordBatch::try_from_iter_with_nullable(columns.map(|(name, column)| (name, column, false)))
        .map_err(|error| StateError::new_err(error.to_string()))
}

/// Encodes some entities; builders grow, which may take long, only while the lock is free.
fn encode_step(
    store: &Store,
    kind: EntityKind,
    places: std::ops::Range<usize>,
    heads: &mut Vec<Head>,
    bytes: &mut Vec<u8>,
) {
    for place in places.take(STEP) {
        let Some((id, newest)) = store.head_at(kind, place) else {
            return;
        };
        let id = id.to_owned();
        store.encode_at(kind, place, bytes);
        heads.push((id, newest, bytes.len()));
        if bytes.len() > STEP_BYTES {
            return;
        }
    }
}
