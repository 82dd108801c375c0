//! What can stop a run before or after its calls; a failed call is a figure, not an error.

use std::io;
use std::path::PathBuf;

/// Why a run did not happen or could not be reported.
#[derive(Debug, thiserror::Error)]
pub enum LoadError {
    /// The file of payments cannot be read.
    #[error("Failed to read payments from `{}`: {source}", path.display())]
    ReadPayments {
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// The file holds something other than delimited score requests.
    #[error("Failed to decode payment {index} of `{}`: {source}", path.display())]
    DecodePayment {
        /// The file.
        path: PathBuf,
        /// Position of the message in the file, from 0.
        index: usize,
        /// What the decoder said.
        source: prost::DecodeError,
    },
    /// The file, or the part of it asked for, is empty.
    #[error("Failed to find a payment to send in `{}`", path.display())]
    NoPayments {
        /// The file.
        path: PathBuf,
    },
    /// A request of the file has no transaction in it.
    #[error("Failed to prepare payment {index}: the request has no transaction")]
    NoTransaction {
        /// Position of the message in the file, from 0.
        index: usize,
    },
    /// Every call would be discarded.
    #[error("Failed to plan the run: {warm_up} warm-up payments leave none of {count} to measure")]
    OnlyWarmUp {
        /// Payments to discard.
        warm_up: usize,
        /// Payments to send.
        count: usize,
    },
    /// The server cannot be reached.
    #[error("Failed to connect to `{target}`: {source}")]
    Connect {
        /// Address as given.
        target: String,
        /// What the transport said.
        source: tonic::transport::Error,
    },
    /// A result file cannot be written.
    #[error("Failed to write `{}`: {source}", path.display())]
    Write {
        /// The file; `-` is standard output.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// A result cannot be put into JSON.
    #[error("Failed to write a result as JSON: {0}")]
    Encode(#[from] serde_json::Error),
    /// The machine gives no threads.
    #[error("Failed to start the runtime: {0}")]
    Runtime(io::Error),
    /// A worker of the closed loop was lost.
    #[error("Failed to finish the calls of a connection: {0}")]
    Worker(#[from] tokio::task::JoinError),
    /// A distribution cannot be set up.
    #[error("Failed to set up a histogram: {0}")]
    Histogram(#[from] hdrhistogram::CreationError),
}
