//! The command line.

use std::path::PathBuf;
use std::time::Duration;

use clap::{Parser, ValueEnum};

/// What is spoken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Protocol {
    /// HTTP/1.1 POST, connections kept alive, one call at a time on each.
    Http,
    /// gRPC unary, likewise.
    Grpc,
}

/// Makes prepared calls to a server, open or closed loop, and times the answers.
#[derive(Clone, Debug, Parser)]
#[command(version)]
pub struct Arguments {
    /// What is spoken.
    #[arg(long, value_enum)]
    pub protocol: Protocol,
    /// Address, such as `127.0.0.1:8080` (plain text).
    #[arg(long)]
    pub target: String,
    /// Path of the request; `/package.Service/Method` in gRPC.
    #[arg(long)]
    pub path: String,
    /// Request bodies: four bytes of length, most significant first, then the body, and so on.
    #[arg(long)]
    pub bodies: PathBuf,
    /// Bodies passed over before the first.
    #[arg(long, default_value_t = 0)]
    pub skip: usize,
    /// Calls made at most; all bodies unless given.
    #[arg(long)]
    pub count: Option<usize>,
    /// First calls that are made and kept, but not measured.
    #[arg(long, default_value_t = 0)]
    pub warm_up: usize,
    /// Calls a second by timetable (open loop); without it, calls follow answers (closed loop).
    #[arg(long)]
    pub rate: Option<f64>,
    /// Connections; in the closed loop also the number of calls in flight.
    #[arg(long, default_value_t = 1, value_parser = clap::value_parser!(u16).range(1..=256))]
    pub connections: u16,
    /// Seconds after which no further call is made.
    #[arg(long, default_value_t = 60.0)]
    pub seconds: f64,
    /// Deadline of one call, milliseconds.
    #[arg(long, default_value_t = 5000)]
    pub timeout_ms: u64,
    /// Every answer: index, code and length in four bytes each, most significant first, then its bytes.
    #[arg(long)]
    pub answers: PathBuf,
}

impl Arguments {
    /// Deadline of one call.
    pub fn timeout(&self) -> Duration {
        Duration::from_millis(self.timeout_ms)
    }

    /// Time after which no further call is made.
    pub fn time_limit(&self) -> Duration {
        Duration::from_secs_f64(self.seconds.clamp(0.0, 3600.0))
    }
}
