//! Finds who answers a call.

use std::collections::HashMap;
use std::convert::Infallible;
use std::future::{Future, poll_fn};
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Instant;

use bytes::Bytes;
use http::{Request, Response};
use tokio_stream::StreamExt;
use tonic::body::Body;
use tonic::codec::CompressionEncoding;
use tonic::server::Grpc;
use tonic::{Code, Status, Streaming};
use tower::util::BoxCloneSyncService;
use tower::{Service, ServiceExt, service_fn};

use crate::call::{Answer, Call, Refusal, deadline_of};
use crate::codec::RawCodec;
use crate::engine::Engine;
use crate::lanes::{Lane, Lanes};
use crate::load::{Limits, Load, Place};

/// Whether a method takes one message or a stream of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MethodKind {
    /// One message, one answer.
    Unary,
    /// An answer to each message of a stream.
    Stream,
    /// Does nothing: the floor that a call costs.
    Nothing,
    /// A payment: the engine is asked before Python.
    Score,
    /// The same for each message of a stream.
    ScoreStream,
}

/// A method that is served.
#[derive(Debug, Clone)]
pub struct Method {
    /// Such as "/fraud.v1.ScoringService/Score".
    pub path: String,
    /// What it takes.
    pub kind: MethodKind,
    /// Which threads answer it.
    pub lane: Lane,
}

/// A service of its own, such as the health service.
pub type Inner = BoxCloneSyncService<Request<Body>, Response<Body>, Infallible>;

type Reply = Pin<Box<dyn Future<Output = Result<Response<Body>, Infallible>> + Send>>;

struct Shared {
    methods: HashMap<String, (usize, MethodKind, Lane)>,
    lanes: Arc<Lanes>,
    load: Arc<Load>,
    limits: Limits,
    engine: Option<Arc<Engine>>,
}

/// What every connection asks.
#[derive(Clone)]
pub struct Front {
    shared: Arc<Shared>,
    health: Inner,
}

impl Front {
    /// A front of these methods, and of the health service.
    pub fn new(
        methods: &[Method],
        lanes: Arc<Lanes>,
        load: Arc<Load>,
        limits: Limits,
        engine: Option<Arc<Engine>>,
        health: Inner,
    ) -> Self {
        let methods = methods
            .iter()
            .enumerate()
            .map(|(place, method)| (method.path.clone(), (place, method.kind, method.lane)))
            .collect();
        let shared = Shared {
            methods,
            lanes,
            load,
            limits,
            engine,
        };
        Self {
            shared: Arc::new(shared),
            health,
        }
    }
}

impl Service<Request<Body>> for Front {
    type Response = Response<Body>;
    type Error = Infallible;
    type Future = Reply;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: Request<Body>) -> Reply {
        let path = request.uri().path();
        let Some(&(place, kind, lane)) = self.shared.methods.get(path) else {
            if path.starts_with("/grpc.health.v1.Health/") {
                return Box::pin(self.health.clone().oneshot(request));
            }
            let status = Status::unimplemented("Method not found!");
            return Box::pin(std::future::ready(Ok(status.into_http())));
        };
        let shared = Arc::clone(&self.shared);
        // Read now, so that it is over no later than tonic finds.
        let deadline = deadline_of(request.headers());
        Box::pin(async move {
            let response = match kind {
                MethodKind::Stream | MethodKind::ScoreStream => {
                    shared.stream(place, kind, lane, request).await
                }
                _ => until(deadline, shared.unary(place, kind, lane, deadline, request)).await,
            };
            Ok(with_size_code(response))
        })
    }
}

impl Shared {
    async fn unary(
        self: &Arc<Self>,
        method: usize,
        kind: MethodKind,
        lane: Lane,
        deadline: Option<Instant>,
        request: Request<Body>,
    ) -> Response<Body> {
        let Some(place) = self.load.enter_call(self.limits.calls) else {
            return overloaded("too many calls are under way").into_http();
        };
        let mut place = Some(place);
        let answer = service_fn(|request: tonic::Request<Bytes>| {
            let place = place.take();
            async move {
                let payload = request.into_inner();
                let answer = match self.answer_natively(kind, &payload) {
                    Some(answer) => Ok(answer),
                    None => self.ask(method, lane, payload, deadline, place).await,
                };
                answer.map(tonic::Response::new).map_err(Status::from)
            }
        });
        self.grpc().unary(answer, request).await
    }

    async fn stream(
        self: &Arc<Self>,
        method: usize,
        kind: MethodKind,
        lane: Lane,
        request: Request<Body>,
    ) -> Response<Body> {
        let places = match self.enter_stream(lane) {
            Ok(places) => Arc::new(places),
            Err(status) => return status.into_http(),
        };
        let shared = Arc::clone(self);
        let answers = service_fn(move |request: tonic::Request<Streaming<Bytes>>| {
            let (shared, places) = (Arc::clone(&shared), Arc::clone(&places));
            let answers = request.into_inner().then(move |message| {
                let (shared, places) = (Arc::clone(&shared), Arc::clone(&places));
                async move {
                    let _held = places;
                    let message = message.map_err(with_size)?;
                    if let Some(answer) = shared.answer_natively(kind, &message) {
                        return Ok(answer);
                    }
                    let answer = shared.ask(method, lane, message, None, None).await;
                    answer.map_err(Status::from)
                }
            });
            std::future::ready(Ok(tonic::Response::new(answers)))
        });
        self.grpc().streaming(answers, request).await
    }

    /// Places for a stream; streams of other lanes than [`Lane::Stream`] are short.
    fn enter_stream(&self, lane: Lane) -> Result<(Place, Option<Place>), Status> {
        let call = self
            .load
            .enter_call(self.limits.calls)
            .ok_or_else(|| overloaded("too many calls are under way"))?;
        if lane != Lane::Stream {
            return Ok((call, None));
        }
        self.load
            .enter_stream(self.limits.streams)
            .map(|stream| (call, Some(stream)))
            .ok_or_else(|| overloaded("too many streams are open"))
    }

    /// The answer if it takes no Python.
    fn answer_natively(&self, kind: MethodKind, payload: &[u8]) -> Option<Bytes> {
        let engine = self.engine.as_ref();
        match kind {
            MethodKind::Nothing => Some(Bytes::new()),
            MethodKind::Score => engine?.score(payload).map(Bytes::from),
            MethodKind::ScoreStream => engine?.score_in_stream(payload).map(Bytes::from),
            MethodKind::Unary | MethodKind::Stream => None,
        }
    }

    /// Has Python answer.
    async fn ask(
        &self,
        method: usize,
        lane: Lane,
        payload: Bytes,
        deadline: Option<Instant>,
        place: Option<Place>,
    ) -> Answer {
        let (call, answer) = Call::new(method, payload, deadline, place);
        self.lanes.push(lane, call);
        answer.await.unwrap_or_else(|_| {
            Err(Refusal {
                code: Code::Unavailable as i32,
                message: "the server is stopping".to_owned(),
                details: Bytes::new(),
            })
        })
    }

    fn grpc(&self) -> Grpc<RawCodec> {
        Grpc::new(RawCodec)
            .accept_compressed(CompressionEncoding::Gzip)
            .max_decoding_message_size(self.limits.message_bytes)
    }
}

fn overloaded(message: &str) -> Status {
    Status::resource_exhausted(message)
}

/// The response, or that its time is over. At a deadline tonic wakes the call and asks it once more
/// before it answers `CANCELLED` itself; so this needs no timer of its own. What waits for Python
/// then is dropped, and whoever takes it from its lane sees that nobody waits.
async fn until(
    deadline: Option<Instant>,
    response: impl Future<Output = Response<Body>>,
) -> Response<Body> {
    let mut response = pin!(response);
    let is_over = |deadline| deadline <= Instant::now();
    poll_fn(|context| match response.as_mut().poll(context) {
        Poll::Pending if deadline.is_some_and(is_over) => {
            let late = Status::deadline_exceeded("the deadline passed before the answer");
            Poll::Ready(late.into_http())
        }
        polled => polled,
    })
    .await
}

/// tonic says `OUT_OF_RANGE` of a message that is too large, and nobody else here does; every other
/// server of gRPC says `RESOURCE_EXHAUSTED`.
fn with_size_code(mut response: Response<Body>) -> Response<Body> {
    let headers = response.headers_mut();
    if headers.get("grpc-status").is_some_and(|code| code == "11") {
        headers.insert("grpc-status", http::HeaderValue::from_static("8"));
    }
    response
}

/// The same within a stream.
fn with_size(status: Status) -> Status {
    if status.code() == Code::OutOfRange {
        return overloaded(status.message());
    }
    status
}
