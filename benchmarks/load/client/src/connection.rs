//! One HTTP/2 connection to the server.

use std::error::Error;
use std::time::Duration;

use tonic::transport::{Channel, Endpoint};
use tonic::{Request, Status, TimeoutExpired};

use crate::error::LoadError;
use crate::proto::ScoreResponse;
use crate::proto::admin_service_client::AdminServiceClient;
use crate::proto::scoring_service_client::ScoringServiceClient;
use crate::workload::Payload;

const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);

/// A connection that calls can share.
#[derive(Clone)]
pub struct Connection {
    admin: AdminServiceClient<Channel>,
    scoring: ScoringServiceClient<Channel>,
    timeout: Duration,
}

impl Connection {
    /// Connect to `target`, a host and port; each call gets `timeout` as its deadline.
    ///
    /// # Errors
    ///
    /// The address is malformed or nothing answers there.
    pub async fn open(target: &str, timeout: Duration) -> Result<Self, LoadError> {
        let failed = |source| LoadError::Connect {
            target: target.to_owned(),
            source,
        };
        let endpoint = Endpoint::from_shared(format!("http://{target}")).map_err(failed)?;
        let endpoint = endpoint.connect_timeout(CONNECT_TIMEOUT);
        let channel = endpoint.connect().await.map_err(failed)?;
        Ok(Self {
            admin: AdminServiceClient::new(channel.clone()),
            scoring: ScoringServiceClient::new(channel),
            timeout,
        })
    }

    /// Make one call; a score gives its response, a ping none.
    ///
    /// # Errors
    ///
    /// The status that the server, or the deadline, gave.
    pub async fn call(&self, payload: Payload) -> Result<Option<ScoreResponse>, Status> {
        let answer = tokio::time::timeout(self.timeout, self.send(payload)).await;
        match answer {
            Ok(Err(status)) if is_expired(&status) => Err(self.expired()),
            Ok(answer) => answer,
            Err(_) => Err(self.expired()),
        }
    }

    async fn send(&self, payload: Payload) -> Result<Option<ScoreResponse>, Status> {
        match payload {
            Payload::Ping(ping) => {
                let mut admin = self.admin.clone();
                admin.ping(self.request(ping)).await?;
                Ok(None)
            }
            Payload::Score(score) => {
                let mut scoring = self.scoring.clone();
                let response = scoring.score(self.request(*score)).await?;
                Ok(Some(response.into_inner()))
            }
        }
    }

    fn request<T>(&self, message: T) -> Request<T> {
        let mut request = Request::new(message);
        request.set_timeout(self.timeout);
        request
    }

    fn expired(&self) -> Status {
        Status::deadline_exceeded(format!("no answer within {} ms", self.timeout.as_millis()))
    }
}

/// The library calls its own deadline CANCELLED.
fn is_expired(status: &Status) -> bool {
    let mut sources = std::iter::successors(status.source(), |error: &&(dyn Error + 'static)| {
        (*error).source()
    });
    sources.any(|error| error.is::<TimeoutExpired>())
}
