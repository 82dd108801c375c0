//! The native server as Python calls it.

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use fraud_features_serve::{
    Answer, Call, Lane, Lanes, Limits, Listening, Load, Method, MethodKind, Refusal, Server, Tls,
};
use parking_lot::Mutex;
use pyo3::exceptions::{PyRuntimeError, PyValueError};
use pyo3::prelude::*;
use pyo3::types::PyBytes;

use crate::engine::PyEngine;

/// A gRPC server on threads of its own; what it does not answer itself waits in lanes for threads
/// of Python's.
#[pyclass(name = "Server", module = "features_rs", frozen)]
pub struct PyServer {
    server: Server,
    lanes: Arc<Lanes>,
    load: Arc<Load>,
    listening: Mutex<Option<Listening>>,
}

#[pymethods]
impl PyServer {
    #[new]
    #[expect(
        clippy::too_many_arguments,
        reason = "keyword arguments, one a setting"
    )]
    #[pyo3(signature = (*, methods, services, threads, max_calls, max_streams, max_message_bytes,
        tls=None, engine=None))]
    fn new(
        methods: Vec<(String, String, String)>,
        services: Vec<String>,
        threads: usize,
        max_calls: usize,
        max_streams: usize,
        max_message_bytes: usize,
        tls: Option<(Vec<u8>, Vec<u8>)>,
        engine: Option<PyRef<'_, PyEngine>>,
    ) -> PyResult<Self> {
        let (lanes, load) = (Arc::new(Lanes::default()), Arc::new(Load::default()));
        let methods = methods.into_iter().map(method).collect::<PyResult<_>>()?;
        let server = Server {
            methods,
            services,
            limits: Limits {
                calls: max_calls,
                streams: max_streams,
                message_bytes: max_message_bytes,
            },
            threads,
            tls: tls.map(|(certificate, key)| Tls { certificate, key }),
            lanes: Arc::clone(&lanes),
            load: Arc::clone(&load),
            engine: engine.map(|engine| Arc::clone(&engine.engine)),
        };
        Ok(Self {
            server,
            lanes,
            load,
            listening: Mutex::new(None),
        })
    }

    fn listen(&self, py: Python<'_>, host: &str, port: u16) -> PyResult<u16> {
        let listening = py.detach(|| self.server.listen(host, port))?;
        let port = listening.port;
        *self.listening.lock() = Some(listening);
        Ok(port)
    }

    fn set_serving(&self, py: Python<'_>, serving: bool) {
        py.detach(|| {
            if let Some(listening) = &*self.listening.lock() {
                listening.set_serving(serving);
            }
        });
    }

    fn next(&self, py: Python<'_>, lane: &str) -> PyResult<Option<PyCall>> {
        let lane = lane_of(lane)?;
        Ok(py.detach(|| self.lanes.next(lane)).map(PyCall::from))
    }

    #[getter]
    fn in_flight(&self) -> usize {
        self.load.in_flight()
    }

    #[getter]
    fn waiting(&self) -> usize {
        self.lanes.waiting(Lane::Hot)
    }

    #[getter]
    fn shed(&self) -> u64 {
        self.load.shed()
    }

    fn stop(&self, py: Python<'_>, grace_seconds: f64) {
        py.detach(|| {
            let listening = self.listening.lock().take();
            if let Some(listening) = listening {
                listening.stop(Duration::from_secs_f64(grace_seconds.max(0.0)));
            }
            self.lanes.close();
        });
    }
}

/// A call that Python answers, once.
#[pyclass(name = "Call", module = "features_rs", frozen)]
pub struct PyCall {
    method: usize,
    payload: Bytes,
    call: Mutex<Option<Call>>,
}

impl From<Call> for PyCall {
    fn from(call: Call) -> Self {
        Self {
            method: call.method,
            payload: call.payload.clone(),
            call: Mutex::new(Some(call)),
        }
    }
}

#[pymethods]
impl PyCall {
    #[getter]
    fn method(&self) -> usize {
        self.method
    }

    #[getter]
    fn payload<'py>(&self, py: Python<'py>) -> Bound<'py, PyBytes> {
        PyBytes::new(py, &self.payload)
    }

    #[getter]
    fn is_awaited(&self) -> bool {
        self.call.lock().as_ref().is_some_and(Call::is_awaited)
    }

    fn answer(&self, payload: &[u8]) -> PyResult<()> {
        self.end(Ok(Bytes::copy_from_slice(payload)))
    }

    fn refuse(&self, code: i32, message: String, details: &[u8]) -> PyResult<()> {
        self.end(Err(Refusal {
            code,
            message,
            details: Bytes::copy_from_slice(details),
        }))
    }
}

impl PyCall {
    fn end(&self, answer: Answer) -> PyResult<()> {
        let call = self.call.lock().take();
        let call = call.ok_or_else(|| PyRuntimeError::new_err("the call was answered before"))?;
        call.answer(answer);
        Ok(())
    }
}

fn method((path, kind, lane): (String, String, String)) -> PyResult<Method> {
    let kind = match kind.as_str() {
        "unary" => MethodKind::Unary,
        "stream" => MethodKind::Stream,
        "nothing" => MethodKind::Nothing,
        "score" => MethodKind::Score,
        "score_stream" => MethodKind::ScoreStream,
        _ => return Err(unknown("kind", &kind, "a kind of method")),
    };
    let lane = lane_of(&lane)?;
    Ok(Method { path, kind, lane })
}

fn lane_of(name: &str) -> PyResult<Lane> {
    match name {
        "hot" => Ok(Lane::Hot),
        "side" => Ok(Lane::Side),
        "stream" => Ok(Lane::Stream),
        _ => Err(unknown("lane", name, "hot, side or stream")),
    }
}

fn unknown(what: &str, value: &str, allowed: &str) -> PyErr {
    PyValueError::new_err(format!("{what}: `{value}` is not {allowed}"))
}
