//! The command line.

use std::path::PathBuf;
use std::time::Duration;

use clap::{Parser, ValueEnum};

use crate::method::{Method, Target};
use crate::schedule::{Arrivals, Lane};

/// Who decides when the next call is made.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Loop {
    /// A timetable: a slow answer does not slow the calls after it.
    Open,
    /// The answer before it: as many calls in flight as connections.
    Closed,
}

/// Sends payments to a scorer, open or closed loop, and times the answers.
#[derive(Debug, Parser)]
#[command(version)]
pub struct Arguments {
    /// File of length-delimited `fraud.v1.ScoreRequest` messages.
    #[arg(long)]
    pub payments: PathBuf,
    /// Address of the scorer, such as `127.0.0.1:50051` (plain text).
    #[arg(long)]
    pub target: String,
    /// What is called: Score, the null RPC Ping with as many bytes, or the two by turns.
    #[arg(long, value_enum, default_value = "score")]
    pub method: Target,
    /// Open loop (by timetable) or closed loop (by answers).
    #[arg(long = "loop", value_enum, default_value = "open")]
    pub kind: Loop,
    /// Calls a second in the open loop.
    #[arg(long, default_value_t = 100.0, value_parser = positive)]
    pub rate: f64,
    /// Pings a second in the interleaved open loop; as many as scores unless given.
    #[arg(long, value_parser = positive)]
    pub ping_rate: Option<f64>,
    /// How the calls of the open loop are spread.
    #[arg(long, value_enum, default_value = "constant")]
    pub arrivals: Arrivals,
    /// Seed of Poisson arrivals.
    #[arg(long, default_value_t = 1)]
    pub seed: u64,
    /// Payments sent at most; all of the file unless given.
    #[arg(long)]
    pub count: Option<usize>,
    /// Payments of the file passed over before the first.
    #[arg(long, default_value_t = 0)]
    pub skip: usize,
    /// Seconds after which no further call is made.
    #[arg(long, default_value_t = 60.0, value_parser = positive)]
    pub seconds: f64,
    /// First payments whose calls are made and counted, but not measured.
    #[arg(long, default_value_t = 0)]
    pub warm_up: usize,
    /// Connections; in the closed loop also the number of calls in flight.
    #[arg(long, default_value_t = 1, value_parser = clap::value_parser!(u16).range(1..=1000))]
    pub connections: u16,
    /// Calls in flight at most in the open loop; one more is not made, and counted.
    #[arg(long, default_value_t = 1000, value_parser = clap::value_parser!(u32).range(1..=100_000))]
    pub limit: u32,
    /// Deadline of one call, milliseconds.
    #[arg(long, default_value_t = 5000, value_parser = clap::value_parser!(u64).range(1..=600_000))]
    pub timeout_ms: u64,
    /// Last microseconds before an intended send time that are spun instead of slept.
    #[arg(long, default_value_t = 200, value_parser = clap::value_parser!(u64).range(0..=100_000))]
    pub spin_us: u64,
    /// Threads of the runtime; 1 runs all on the calling thread.
    #[arg(long, default_value_t = 1, value_parser = threads)]
    pub threads: usize,
    /// Set each payment's event time to the time of sending.
    #[arg(long)]
    pub restamp: bool,
    /// Put before each transaction id, so that a file can be sent again as new payments.
    #[arg(long, default_value = "")]
    pub id_prefix: String,
    /// Write one JSON line for every answered or failed payment here.
    #[arg(long)]
    pub answers: Option<PathBuf>,
    /// Write the report here instead of to standard output.
    #[arg(long)]
    pub report: Option<PathBuf>,
    /// No progress on standard error.
    #[arg(long)]
    pub quiet: bool,
}

impl Arguments {
    /// How often each method is called in the open loop.
    pub fn lanes(&self) -> Vec<Lane> {
        let rate_of = |method| match (self.method, method) {
            (Target::Interleaved, Method::Ping) => self.ping_rate.unwrap_or(self.rate),
            _ => self.rate,
        };
        let lane = |&method: &Method| Lane {
            method,
            rate: rate_of(method),
        };
        self.method.methods().iter().map(lane).collect()
    }

    /// Deadline of one call.
    pub fn timeout(&self) -> Duration {
        Duration::from_millis(self.timeout_ms)
    }

    /// Time after which no further call is made.
    pub fn time_limit(&self) -> Duration {
        Duration::from_secs_f64(self.seconds)
    }
}

fn positive(text: &str) -> Result<f64, String> {
    match text.parse::<f64>() {
        Ok(value) if value > 0.0 && value <= 1e6 => Ok(value),
        _ => Err("must be above 0 and at most 1000000".to_owned()),
    }
}

fn threads(text: &str) -> Result<usize, String> {
    match text.parse::<usize>() {
        Ok(value) if (1..=64).contains(&value) => Ok(value),
        _ => Err("must be 1 to 64".to_owned()),
    }
}
