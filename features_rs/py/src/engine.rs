//! The native hot path as Python sets it up.

use std::path::PathBuf;
use std::sync::Arc;

use fraud_features_serve::Engine;
use fraud_features_serve::model::Model;
use fraud_features_serve::runtime::load_runtime;
use fraud_features_serve::serving::{Serving, ServingModel};
use fraud_features_serve::turns::Turns;
use fraud_features_serve::waiting::Waiting;
use pyo3::exceptions::{PyRuntimeError, PyValueError};
use pyo3::prelude::*;

use crate::log::PyOutboxFile;
use crate::store::PyStore;

/// Loads ONNX Runtime's library.
#[pyfunction]
pub fn load_onnxruntime(py: Python<'_>, library: PathBuf) -> PyResult<()> {
    py.detach(|| load_runtime(&library))
        .map_err(PyRuntimeError::new_err)
}

/// A model made ready to run without Python.
#[pyclass(name = "NativeModel", module = "features_rs", frozen)]
pub struct PyNativeModel {
    model: Arc<Model>,
}

#[pymethods]
impl PyNativeModel {
    #[new]
    fn new(py: Python<'_>, model: &[u8], copies: usize, rows: Vec<Vec<f32>>) -> PyResult<Self> {
        let model = py.detach(|| Model::load(model, copies, &rows));
        let model = Arc::new(model.map_err(PyValueError::new_err)?);
        Ok(Self { model })
    }

    #[getter]
    fn runs(&self) -> &'static str {
        match *self.model {
            Model::Trees(_) => "trees",
            Model::Sessions(_) => "onnxruntime",
        }
    }

    fn probabilities(&self, py: Python<'_>, values: Vec<f32>, rows: usize) -> PyResult<Vec<f32>> {
        py.detach(|| self.model.run(&values, rows))
            .map_err(PyRuntimeError::new_err)
    }
}

/// Ids that are decided one call at a time, by Python or not.
#[pyclass(name = "Turns", module = "features_rs", frozen)]
#[derive(Default)]
pub struct PyTurns {
    turns: Arc<Turns>,
}

#[pymethods]
impl PyTurns {
    #[new]
    fn new() -> Self {
        Self::default()
    }

    fn wait_for(&self, py: Python<'_>, transaction_id: &str) {
        // To let the interpreter go costs more than what is here for nearly every call.
        if !self.turns.begin(transaction_id) {
            py.detach(|| self.turns.wait_for(transaction_id));
        }
    }

    fn end(&self, transaction_id: &str) {
        self.turns.end(transaction_id);
    }
}

/// Ids of payments that labels wait for.
#[pyclass(name = "WaitingIds", module = "features_rs", frozen)]
#[derive(Default)]
pub struct PyWaitingIds {
    waiting: Arc<Waiting>,
}

#[pymethods]
impl PyWaitingIds {
    #[new]
    fn new() -> Self {
        Self::default()
    }

    fn __contains__(&self, transaction_id: &str) -> bool {
        self.waiting.contains(transaction_id)
    }

    fn add(&self, transaction_id: String) {
        self.waiting.add(transaction_id);
    }

    fn discard(&self, transaction_id: &str) {
        self.waiting.discard(transaction_id);
    }
}

/// A model and what Python says of it: version, digest, variant, thresholds, reference, experiment.
type Told<'py> = (
    PyRef<'py, PyNativeModel>,
    String,
    String,
    i32,
    (f64, f64),
    Vec<f32>,
    String,
);

/// Decision, variant, version of the model, and how many payments.
type Outcome = (i32, i32, String, u64);

/// Channel, cells of each stage, sums of each stage.
type Channel = (i32, Vec<Vec<u64>>, Vec<u64>);

/// Scores plain payments.
#[pyclass(name = "Engine", module = "features_rs", frozen)]
pub struct PyEngine {
    pub engine: Arc<Engine>,
}

#[pymethods]
impl PyEngine {
    #[new]
    fn new(
        store: &PyStore,
        outbox: &PyOutboxFile,
        turns: &PyTurns,
        waiting: &PyWaitingIds,
        bounds_us: Vec<u32>,
    ) -> Self {
        let engine = Engine::new(
            Arc::clone(&store.store),
            Arc::clone(&outbox.log),
            Arc::clone(&turns.turns),
            Arc::clone(&waiting.waiting),
            bounds_us,
        );
        Self {
            engine: Arc::new(engine),
        }
    }

    fn serve(&self, models: Vec<Told<'_>>, challenger_percent: u64) {
        let mut models = models.into_iter().map(to_serving);
        let (champion, challenger) = (models.next(), models.next());
        self.engine.serve(champion.map(|champion| Serving {
            champion,
            challenger,
            challenger_percent,
        }));
    }

    fn set_complete_us(&self, complete_us: i64) {
        self.engine.set_complete_us(complete_us);
    }

    fn score(&self, py: Python<'_>, payload: &[u8]) -> Option<Vec<u8>> {
        py.detach(|| self.engine.score(payload))
    }

    fn counted(&self) -> (u64, Vec<Outcome>, Vec<Channel>) {
        let tally = self.engine.tally();
        let told = tally.channels.into_iter().map(|(channel, latencies)| {
            let (cells, sums) = (latencies.cells.to_vec(), latencies.sums.to_vec());
            (channel, cells, sums)
        });
        (tally.late, tally.outcomes, told.collect())
    }
}

fn to_serving(told: Told<'_>) -> ServingModel {
    let (model, version, digest, variant, thresholds, reference, experiment) = told;
    ServingModel {
        model: Arc::clone(&model.model),
        version,
        digest,
        variant,
        review_threshold: thresholds.0,
        decline_threshold: thresholds.1,
        reference,
        experiment,
    }
}
