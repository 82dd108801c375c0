//! A connection that is opened again when the server has closed it.

use std::time::Duration;

use bytes::Bytes;
use http_body_util::{BodyExt, Full};
use hyper::client::conn::{http1, http2};
use hyper::header::{CONTENT_TYPE, HOST, TE};
use hyper::{Method, Request, Response, StatusCode, Version, body::Incoming};
use hyper_util::rt::{TokioExecutor, TokioIo};
use tokio::net::TcpStream;

use crate::answer::{Answer, EXPIRED, LOST, NOT_CONNECTED};
use crate::arguments::{Arguments, Protocol};
use crate::error::LoadError;
use crate::grpc;

type Body = Full<Bytes>;

/// How requests are made, and where they go.
#[derive(Clone)]
pub struct Endpoint {
    protocol: Protocol,
    target: String,
    path: String,
    timeout: Duration,
}

enum Sender {
    Http(http1::SendRequest<Body>),
    Grpc(http2::SendRequest<Body>),
}

/// One connection; none until the first call, and none after the server has closed it.
pub struct Connection {
    endpoint: Endpoint,
    sender: Option<Sender>,
}

impl Endpoint {
    /// As the command line says.
    ///
    /// # Errors
    ///
    /// The path or the address cannot be part of a request.
    pub fn new(arguments: &Arguments) -> Result<Self, LoadError> {
        let endpoint = Self {
            protocol: arguments.protocol,
            target: arguments.target.clone(),
            path: arguments.path.clone(),
            timeout: arguments.timeout(),
        };
        let text = format!("{}{}", endpoint.target, endpoint.path);
        let request = endpoint.request(Bytes::new());
        request.map_err(|source| LoadError::Address { text, source })?;
        Ok(endpoint)
    }

    fn request(&self, body: Bytes) -> Result<Request<Body>, hyper::http::Error> {
        let Self { target, path, .. } = self;
        let request = Request::builder().method(Method::POST);
        match self.protocol {
            Protocol::Http => request
                .uri(path)
                .header(HOST, target)
                .header(CONTENT_TYPE, "application/json")
                .body(Full::new(body)),
            Protocol::Grpc => request
                .uri(format!("http://{target}{path}"))
                .version(Version::HTTP_2)
                .header(CONTENT_TYPE, "application/grpc")
                .header(TE, "trailers")
                .header("grpc-timeout", format!("{}m", self.timeout.as_millis()))
                .body(Full::new(grpc::frame(&body))),
        }
    }

    async fn connect(&self) -> Option<Sender> {
        let stream = TcpStream::connect(&self.target).await.ok()?;
        stream.set_nodelay(true).ok()?;
        let io = TokioIo::new(stream);
        Some(match self.protocol {
            Protocol::Http => {
                let (sender, connection) = http1::handshake(io).await.ok()?;
                tokio::spawn(connection);
                Sender::Http(sender)
            }
            Protocol::Grpc => {
                let (sender, connection) = http2::handshake(TokioExecutor::new(), io).await.ok()?;
                tokio::spawn(connection);
                Sender::Grpc(sender)
            }
        })
    }
}

impl Connection {
    /// Connects at the first call.
    pub fn new(endpoint: &Endpoint) -> Self {
        Self {
            endpoint: endpoint.clone(),
            sender: None,
        }
    }

    /// Make one call and wait for its answer.
    pub async fn call(&mut self, body: Bytes) -> Answer {
        let timeout = self.endpoint.timeout;
        match tokio::time::timeout(timeout, self.send(body)).await {
            Ok(answer) => answer,
            Err(_) => {
                // What comes late would be taken for the answer to the next call.
                self.sender = None;
                Answer::none(EXPIRED)
            }
        }
    }

    async fn send(&mut self, body: Bytes) -> Answer {
        let Ok(request) = self.endpoint.request(body) else {
            return Answer::none(NOT_CONNECTED);
        };
        if !self.open().await {
            return Answer::none(NOT_CONNECTED);
        }
        let response = match self.sender.as_mut() {
            Some(Sender::Http(sender)) => sender.send_request(request).await,
            Some(Sender::Grpc(sender)) => sender.send_request(request).await,
            None => return Answer::none(NOT_CONNECTED),
        };
        let answer = match response {
            Ok(response) => read(self.endpoint.protocol, response).await,
            Err(_) => None,
        };
        answer.unwrap_or_else(|| {
            self.sender = None;
            Answer::none(LOST)
        })
    }

    /// Whether there is a connection now. One that the server closed between two calls is no failed
    /// call: any client would open another.
    async fn open(&mut self) -> bool {
        let ready = match self.sender.as_mut() {
            Some(Sender::Http(sender)) => sender.ready().await.is_ok(),
            Some(Sender::Grpc(sender)) => sender.ready().await.is_ok() && !sender.is_closed(),
            None => false,
        };
        if !ready {
            self.sender = self.endpoint.connect().await;
        }
        self.sender.is_some()
    }
}

async fn read(protocol: Protocol, response: Response<Incoming>) -> Option<Answer> {
    let (head, body) = response.into_parts();
    let collected = body.collect().await.ok()?;
    let trailers = collected.trailers().cloned();
    let body = collected.to_bytes();
    Some(match protocol {
        Protocol::Http if head.status == StatusCode::OK => Answer { code: 0, body },
        Protocol::Http => Answer {
            code: u32::from(head.status.as_u16()),
            body,
        },
        Protocol::Grpc => Answer {
            code: grpc::status(&head.headers, trailers.as_ref()),
            body: grpc::unframe(body),
        },
    })
}
