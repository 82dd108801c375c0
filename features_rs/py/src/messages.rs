//! Messages that Python holds, read without holding the GIL.

use pyo3::exceptions::PyTypeError;
use pyo3::prelude::*;
use pyo3::pybacked::PyBackedBytes;
use pyo3::types::PySequence;

/// Messages that are taken from Python, and given back to it, at a time: some tens of microseconds.
const CHUNK: usize = 1024;

/// Calls `visit` with chunks of the messages, and the position of the first of each, off the GIL.
pub fn each_chunk(
    messages: &Bound<'_, PySequence>,
    mut visit: impl FnMut(usize, &[PyBackedBytes]) -> PyResult<()> + Send,
) -> PyResult<()> {
    let (py, length) = (messages.py(), messages.len()?);
    for first in (0..length).step_by(CHUNK) {
        let places = first..length.min(first + CHUNK);
        let chunk = places.map(|place| message_at(messages, place));
        let chunk = chunk.collect::<PyResult<Vec<_>>>()?;
        py.detach(|| visit(first, &chunk))?;
    }
    Ok(())
}

/// All of them.
pub fn all(messages: &Bound<'_, PySequence>) -> PyResult<Vec<PyBackedBytes>> {
    (0..messages.len()?)
        .map(|place| message_at(messages, place))
        .collect()
}

fn message_at(messages: &Bound<'_, PySequence>, place: usize) -> PyResult<PyBackedBytes> {
    let message = messages.get_item(place)?;
    message
        .extract()
        .map_err(|_| PyTypeError::new_err(format!("item {place} of the sequence is not bytes")))
}
