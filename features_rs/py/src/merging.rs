//! Many states merged, in steps between which other callers get their turn.

use fraud_features::contract::{DIGEST, to_hex};
use fraud_features::{MergeReport, Store};
use fraud_features_wire::contract::FeatureVector;
use fraud_features_wire::vector;
use parking_lot::{Mutex, MutexGuard};
use pyo3::PyErr;
use pyo3::prelude::*;
use pyo3::pybacked::PyBackedBytes;

use crate::errors::{StateError, in_state};
use crate::recording::STEP;

/// Bytes of state between which the lock is offered, if they come before [`STEP`] states.
const STEP_BYTES: usize = 16 << 10;

/// What a merge found.
#[pyclass(name = "MergeReport", module = "features_rs", frozen, get_all)]
#[derive(Debug, Clone, Default)]
pub struct PyMergeReport {
    entities: usize,
    changed: usize,
    superseded: usize,
    foreign: usize,
}

impl From<MergeReport> for PyMergeReport {
    fn from(report: MergeReport) -> Self {
        Self {
            entities: report.entities,
            changed: report.changed,
            superseded: report.superseded,
            foreign: 0,
        }
    }
}

/// A merge of many states under way.
pub struct Merging<'a> {
    store: &'a Mutex<Store>,
    total: MergeReport,
    foreign: usize,
    digest: String,
    room: FeatureVector,
}

impl<'a> Merging<'a> {
    pub fn new(store: &'a Mutex<Store>) -> Self {
        Self {
            store,
            total: MergeReport::default(),
            foreign: 0,
            digest: to_hex(&*DIGEST),
            room: FeatureVector::default(),
        }
    }

    /// Merges states; `first` is the position of the first.
    pub fn merge_states(&mut self, first: usize, states: &[PyBackedBytes]) -> PyResult<()> {
        let mut turns = Turns::new(self.store);
        for (offset, state) in states.iter().enumerate() {
            let report = turns.take(state.len()).merge(state);
            self.total += report.map_err(|error| in_state(first + offset, &error))?;
        }
        Ok(())
    }

    /// Merges the states in serialized feature vectors; `first` is the position of the first.
    pub fn merge_vectors(&mut self, first: usize, messages: &[PyBackedBytes]) -> PyResult<()> {
        let mut turns = Turns::new(self.store);
        for (offset, message) in messages.iter().enumerate() {
            let vector = vector::read(message, &mut self.room).map_err(|refusal| -> PyErr {
                StateError::new_err(format!("item {}: {refusal}", first + offset))
            })?;
            if vector.contract_digest != self.digest {
                self.foreign += 1;
                continue;
            }
            let report = turns.take(message.len()).merge(&vector.state);
            self.total += report.map_err(|error| in_state(first + offset, &error))?;
        }
        Ok(())
    }

    pub fn report(self) -> PyMergeReport {
        PyMergeReport {
            foreign: self.foreign,
            ..self.total.into()
        }
    }
}

/// The store's lock, offered to others after so much work.
struct Turns<'a> {
    store: MutexGuard<'a, Store>,
    items: usize,
    bytes: usize,
}

impl<'a> Turns<'a> {
    fn new(store: &'a Mutex<Store>) -> Self {
        Self {
            store: store.lock(),
            items: 0,
            bytes: 0,
        }
    }

    /// The store, for a piece of work of so many bytes.
    fn take(&mut self, bytes: usize) -> &mut Store {
        self.items += 1;
        self.bytes += bytes;
        if self.items > STEP || self.bytes > STEP_BYTES {
            MutexGuard::unlocked_fair(&mut self.store, || ());
            (self.items, self.bytes) = (1, bytes);
        }
        &mut self.store
    }
}
