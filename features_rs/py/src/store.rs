//! The store as Python calls it.

use std::path::PathBuf;
use std::sync::Arc;

use fraud_features::{Outcome, Store, WIDTH};
use parking_lot::Mutex;
use pyo3::buffer::PyBuffer;
use pyo3::exceptions::PyBufferError;
use pyo3::prelude::*;
use pyo3::types::{PyBytes, PySequence};
use pyo3_arrow::PyRecordBatch;

use crate::columns::{EventColumns, LabelColumns};
use crate::errors::to_python;
use crate::event::{PyEvent, PyLabel};
use crate::exporting::export;
use crate::file;
use crate::merging::{Merging, PyMergeReport};
use crate::messages::each_chunk;
use crate::recording::{PyRecordReport, learn_rows, record_messages, record_rows};
use crate::replay::replay;
use crate::scope::{kind_of, scope_of};

/// State of every entity, behind a lock that no caller holds for long.
#[pyclass(name = "Store", module = "features_rs", frozen)]
#[derive(Default)]
pub struct PyStore {
    pub store: Arc<Mutex<Store>>,
}

#[pymethods]
impl PyStore {
    #[new]
    fn new() -> Self {
        Self::default()
    }

    fn assemble(&self, py: Python<'_>, event: &PyEvent, out: PyBuffer<f32>) -> PyResult<()> {
        check_row(&out)?;
        let mut row = [0.0; WIDTH];
        self.store.lock().assemble(&event.payment, &mut row);
        out.copy_from_slice(py, &row)
    }

    fn record(&self, event: &PyEvent) -> &'static str {
        name_of(self.store.lock().record(&event.payment))
    }

    fn assemble_and_record(
        &self,
        py: Python<'_>,
        event: &PyEvent,
        out: PyBuffer<f32>,
    ) -> PyResult<&'static str> {
        check_row(&out)?;
        let mut row = [0.0; WIDTH];
        let outcome = self
            .store
            .lock()
            .assemble_and_record(&event.payment, &mut row);
        out.copy_from_slice(py, &row)?;
        Ok(name_of(outcome))
    }

    fn learn(&self, label: &PyLabel) -> &'static str {
        name_of(self.store.lock().learn(&label.label))
    }

    #[pyo3(signature = (events, labels=None))]
    fn assemble_and_record_many(
        &self,
        py: Python<'_>,
        events: PyRecordBatch,
        labels: Option<PyRecordBatch>,
    ) -> PyResult<PyRecordBatch> {
        let (events, labels) = (events.into_inner(), labels.map(PyRecordBatch::into_inner));
        let batch = py.detach(|| {
            let events = EventColumns::new(&events)?;
            let labels = labels.as_ref().map(LabelColumns::new).transpose()?;
            replay(&self.store, &events, labels.as_ref())
        })?;
        Ok(PyRecordBatch::new(batch))
    }

    fn snapshot<'py>(
        &self,
        py: Python<'py>,
        kind: &str,
        entity_id: &str,
    ) -> PyResult<Option<Bound<'py, PyBytes>>> {
        let kind = kind_of(kind)?;
        let state = self.store.lock().snapshot(kind, entity_id);
        Ok(state.map(|state| PyBytes::new(py, &state)))
    }

    fn merge(&self, state: &[u8]) -> PyResult<PyMergeReport> {
        let report = self.store.lock().merge(state);
        report.map(PyMergeReport::from).map_err(to_python)
    }

    #[pyo3(signature = (events, kinds=None, shard=None))]
    fn record_many(
        &self,
        py: Python<'_>,
        events: PyRecordBatch,
        kinds: Option<Vec<String>>,
        shard: Option<(u32, u32)>,
    ) -> PyResult<PyRecordReport> {
        let (events, scope) = (events.into_inner(), scope_of(kinds, shard)?);
        py.detach(|| {
            let events = EventColumns::new(&events)?;
            Ok(record_rows(&self.store, &events, &scope))
        })
    }

    #[pyo3(signature = (labels, kinds=None, shard=None))]
    fn learn_many(
        &self,
        py: Python<'_>,
        labels: PyRecordBatch,
        kinds: Option<Vec<String>>,
        shard: Option<(u32, u32)>,
    ) -> PyResult<PyRecordReport> {
        let (labels, scope) = (labels.into_inner(), scope_of(kinds, shard)?);
        py.detach(|| {
            let labels = LabelColumns::new(&labels)?;
            Ok(learn_rows(&self.store, &labels, &scope))
        })
    }

    fn record_wire(&self, messages: &Bound<'_, PySequence>) -> PyResult<PyRecordReport> {
        let mut report = PyRecordReport::default();
        each_chunk(messages, |first, chunk| {
            record_messages(&self.store, first, chunk, &mut report);
            Ok(())
        })?;
        Ok(report)
    }

    fn merge_many(&self, states: &Bound<'_, PySequence>) -> PyResult<PyMergeReport> {
        let mut merging = Merging::new(&self.store);
        each_chunk(states, |first, chunk| merging.merge_states(first, chunk))?;
        Ok(merging.report())
    }

    fn merge_wire(&self, messages: &Bound<'_, PySequence>) -> PyResult<PyMergeReport> {
        let mut merging = Merging::new(&self.store);
        each_chunk(messages, |first, chunk| merging.merge_vectors(first, chunk))?;
        Ok(merging.report())
    }

    fn export(
        &self,
        py: Python<'_>,
        kind: &str,
        start: usize,
        limit: usize,
    ) -> PyResult<PyRecordBatch> {
        let kind = kind_of(kind)?;
        let batch = py.detach(|| export(&self.store, kind, start, limit))?;
        Ok(PyRecordBatch::new(batch))
    }

    #[pyo3(signature = (path, note=b"".as_slice()))]
    fn save(&self, py: Python<'_>, path: PathBuf, note: &[u8]) -> PyResult<usize> {
        Ok(py.detach(|| file::save(&self.store, &path, note))?)
    }

    fn restore<'py>(&self, py: Python<'py>, path: PathBuf) -> PyResult<Bound<'py, PyBytes>> {
        let note = py.detach(|| file::restore(&self.store, &path))?;
        Ok(PyBytes::new(py, &note))
    }

    fn evict_idle(&self, py: Python<'_>, now_us: i64) -> usize {
        py.detach(|| self.store.lock().evict_idle(now_us))
    }

    fn entity_count(&self, kind: &str) -> PyResult<usize> {
        Ok(self.store.lock().entity_count(kind_of(kind)?))
    }

    #[getter]
    fn newest_event_us(&self) -> i64 {
        self.store.lock().newest()
    }

    #[getter]
    fn late_events(&self) -> u64 {
        self.store.lock().late_events()
    }
}

/// Before anything is recorded, so that a refused call leaves no trace.
fn check_row(out: &PyBuffer<f32>) -> PyResult<()> {
    if out.readonly() {
        return Err(PyBufferError::new_err("out is read-only"));
    }
    if out.item_count() != WIDTH {
        return Err(PyBufferError::new_err(format!(
            "out holds {} values, the contract has {WIDTH}",
            out.item_count()
        )));
    }
    Ok(())
}

fn name_of(outcome: Outcome) -> &'static str {
    match outcome {
        Outcome::Recorded => "recorded",
        Outcome::Duplicate => "duplicate",
        Outcome::Late => "late",
    }
}
