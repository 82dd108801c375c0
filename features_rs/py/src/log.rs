//! The outbox's file as Python calls it.

use std::path::PathBuf;
use std::sync::Arc;

use fraud_features_serve::log::{Entry, LabelRow, Log, LogError};
use pyo3::prelude::*;
use pyo3::types::PyBytes;

/// The outbox's file, open for writing.
#[pyclass(name = "OutboxFile", module = "features_rs", frozen)]
pub struct PyOutboxFile {
    pub log: Arc<Log>,
}

type Found<'py> = (Bound<'py, PyBytes>, Bound<'py, PyBytes>);
type Read<'py> = (
    i64,
    i64,
    String,
    Bound<'py, PyBytes>,
    Bound<'py, PyBytes>,
    i64,
);

#[pymethods]
impl PyOutboxFile {
    #[new]
    fn new(py: Python<'_>, path: PathBuf, synchronous: &str) -> PyResult<Self> {
        let log = py.detach(|| Log::open(&path, synchronous));
        let log = Arc::new(log.map_err(|error| to_python(py, error))?);
        Ok(Self { log })
    }

    fn find<'py>(&self, py: Python<'py>, key: &str) -> PyResult<Option<Found<'py>>> {
        let found = self.call(py, |log| log.find(key))?;
        Ok(found.map(|(payload, digest)| (PyBytes::new(py, &payload), PyBytes::new(py, &digest))))
    }

    fn append(
        &self,
        py: Python<'_>,
        key: &str,
        digest: &[u8],
        payload: &[u8],
        at_us: i64,
    ) -> PyResult<i64> {
        self.call(py, |log| log.append(key, digest, payload, at_us))
    }

    fn append_labels(&self, py: Python<'_>, rows: Vec<LabelRow>, at_us: i64) -> PyResult<usize> {
        self.call(py, |log| log.append_labels(&rows, at_us))
    }

    fn labels_of<'py>(&self, py: Python<'py>, key: &str) -> PyResult<Vec<Bound<'py, PyBytes>>> {
        let labels = self.call(py, |log| log.labels_of(key))?;
        Ok(labels.iter().map(|label| PyBytes::new(py, label)).collect())
    }

    fn read_after<'py>(&self, py: Python<'py>, seq: i64, limit: i64) -> PyResult<Vec<Read<'py>>> {
        let entries = self.call(py, |log| log.read_after(seq, limit))?;
        Ok(entries.into_iter().map(|entry| read(py, entry)).collect())
    }

    #[getter]
    fn newest_seq(&self) -> i64 {
        self.log.newest()
    }

    fn checkpoint(&self, py: Python<'_>, limit_pages: i64) -> PyResult<()> {
        self.call(py, |log| log.checkpoint(limit_pages))
    }

    fn prune(
        &self,
        py: Python<'_>,
        recorded_through: i64,
        older_than_us: i64,
        max_rows: usize,
    ) -> PyResult<usize> {
        self.call(py, |log| {
            log.prune(recorded_through, older_than_us, max_rows)
        })
    }

    fn close(&self, py: Python<'_>) -> PyResult<()> {
        self.call(py, Log::close)
    }
}

impl PyOutboxFile {
    fn call<T: Send>(
        &self,
        py: Python<'_>,
        act: impl FnOnce(&Log) -> Result<T, LogError> + Send,
    ) -> PyResult<T> {
        py.detach(|| act(&self.log))
            .map_err(|error| to_python(py, error))
    }
}

fn read<'py>(py: Python<'py>, entry: Entry) -> Read<'py> {
    let (seq, kind, key, digest, payload, at_us) = entry;
    let (digest, payload) = (PyBytes::new(py, &digest), PyBytes::new(py, &payload));
    (seq, kind, key, digest, payload, at_us)
}

/// The exception of Python's `sqlite3` that says the same.
fn to_python(py: Python<'_>, error: LogError) -> PyErr {
    use fraud_features_serve::log::Fault;
    let name = match error.fault() {
        Fault::Duplicate => "IntegrityError",
        Fault::Damaged => "DatabaseError",
        Fault::Unavailable => "OperationalError",
        Fault::Closed => "ProgrammingError",
    };
    let made = py
        .import("sqlite3")
        .and_then(|module| module.getattr(name))
        .and_then(|kind| kind.call1((error.to_string(),)));
    match made {
        Ok(exception) => PyErr::from_value(exception),
        Err(failure) => failure,
    }
}
