//! The calls that are timed.

use clap::ValueEnum;
use serde::Serialize;

/// One RPC of the server.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Method {
    /// `AdminService.Ping`: what a call costs that does nothing.
    Ping,
    /// `ScoringService.Score`.
    Score,
}

/// Which methods a run calls.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Target {
    /// Score alone.
    Score,
    /// Ping alone.
    Ping,
    /// A ping and a score by turns, so that both meet the same noise.
    Interleaved,
}

impl Target {
    /// The methods called for each payment, in order.
    pub fn methods(self) -> &'static [Method] {
        match self {
            Self::Score => &[Method::Score],
            Self::Ping => &[Method::Ping],
            Self::Interleaved => &[Method::Ping, Method::Score],
        }
    }
}
