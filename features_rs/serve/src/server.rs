//! The server on threads of its own.

use std::io;
use std::net::TcpListener;
use std::sync::Arc;
use std::time::Duration;

use tokio::runtime::Runtime;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;
use tonic::transport::server::TcpIncoming;
use tonic::transport::{Identity, ServerTlsConfig};
use tonic_health::ServingStatus;
use tonic_health::server::HealthReporter;
use tower::util::BoxCloneSyncService;

use crate::engine::Engine;
use crate::front::{Front, Method};
use crate::lanes::Lanes;
use crate::load::{Limits, Load};

/// What one stream may have sent that is not read yet, in bytes.
const STREAM_WINDOW: u32 = 65_535;
/// The same for a connection. h2 takes a connection for an attack, and ends it, when what frames
/// that wait to be read lack to 256 bytes each comes to half of this. Payments are such small frames:
/// at this size some forty streams may be full of them.
const CONNECTION_WINDOW: u32 = 8 << 20;

/// A certificate chain and its key, both PEM.
#[derive(Debug, Clone)]
pub struct Tls {
    /// The chain.
    pub certificate: Vec<u8>,
    /// The private key.
    pub key: Vec<u8>,
}

/// What is served and how much of it.
pub struct Server {
    /// All methods.
    pub methods: Vec<Method>,
    /// Services that health is told of beside the server's own, which is "".
    pub services: Vec<String>,
    /// Bounds.
    pub limits: Limits,
    /// Threads that serve.
    pub threads: usize,
    /// None for plain text.
    pub tls: Option<Tls>,
    /// Where calls wait for Python.
    pub lanes: Arc<Lanes>,
    /// What is under way.
    pub load: Arc<Load>,
    /// Answers plain payments; None leaves all to Python.
    pub engine: Option<Arc<Engine>>,
}

/// A server that listens.
pub struct Listening {
    /// Where.
    pub port: u16,
    runtime: Runtime,
    health: HealthReporter,
    services: Vec<String>,
    stop: oneshot::Sender<()>,
    serving: JoinHandle<()>,
}

impl Server {
    /// Listens; health is NOT_SERVING until told otherwise.
    ///
    /// # Errors
    /// The address cannot be listened on, or the certificate cannot be read.
    pub fn listen(&self, host: &str, port: u16) -> io::Result<Listening> {
        let listener = TcpListener::bind((host, port))?;
        listener.set_nonblocking(true)?;
        let port = listener.local_addr()?.port();
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(self.threads)
            .thread_name("serve")
            .enable_all()
            .build()?;
        let (health, health_service) = tonic_health::server::health_reporter();
        let front = Front::new(
            &self.methods,
            Arc::clone(&self.lanes),
            Arc::clone(&self.load),
            self.limits,
            self.engine.clone(),
            BoxCloneSyncService::new(health_service),
        );
        let mut server = tonic::transport::Server::builder()
            .initial_stream_window_size(STREAM_WINDOW)
            .initial_connection_window_size(CONNECTION_WINDOW);
        if let Some(tls) = &self.tls {
            let identity = Identity::from_pem(&tls.certificate, &tls.key);
            server = server
                .tls_config(ServerTlsConfig::new().identity(identity))
                .map_err(io::Error::other)?;
        }
        let (stop, stopped) = oneshot::channel::<()>();
        let incoming = {
            let _inside = runtime.enter();
            TcpIncoming::from(tokio::net::TcpListener::from_std(listener)?).with_nodelay(Some(true))
        };
        let serving = runtime.spawn(async move {
            let until = async { drop(stopped.await) };
            let _ = server
                .serve_with_incoming_shutdown(front, incoming, until)
                .await;
        });
        let listening = Listening {
            port,
            runtime,
            health,
            services: self.services.clone(),
            stop,
            serving,
        };
        listening.set_serving(false);
        Ok(listening)
    }
}

impl Listening {
    /// Tells the health service, for the whole server and for every service.
    pub fn set_serving(&self, serving: bool) {
        let status = if serving {
            ServingStatus::Serving
        } else {
            ServingStatus::NotServing
        };
        let names = std::iter::once("").chain(self.services.iter().map(String::as_str));
        self.runtime.block_on(async {
            for name in names {
                self.health.set_service_status(name, status).await;
            }
        });
    }

    /// Takes no more calls; cuts off those that are not done after `grace`.
    pub fn stop(self, grace: Duration) {
        let _ = self.stop.send(());
        let waited = async { tokio::time::timeout(grace, self.serving).await };
        drop(self.runtime.block_on(waited));
        self.runtime.shutdown_background();
    }
}
