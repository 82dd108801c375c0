//! The native data plane. In: gRPC calls. Out: their answers, from [`engine`] where the call is a
//! plain payment, else from the methods that Python serves over [`lanes`].
//!
//! Nothing here knows Python; the binding crate hands calls over to it and back.

pub mod call;
pub mod codec;
pub mod engine;
pub mod forest;
pub mod front;
pub mod lanes;
pub mod load;
pub mod log;
pub mod model;
mod onnx;
pub mod reasons;
pub mod runtime;
pub mod server;
pub mod serving;
pub mod stopwatch;
pub mod tally;
pub mod turns;
pub mod waiting;

pub use call::{Answer, Call, Refusal};
pub use engine::Engine;
pub use front::{Method, MethodKind};
pub use lanes::{Lane, Lanes};
pub use load::{Limits, Load};
pub use server::{Listening, Server, Tls};
pub use tally::Tally;
