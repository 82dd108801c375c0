//! One line a second on standard error, for people and for progress bars.

use std::sync::Arc;
use std::time::{Duration, Instant};

use tokio::task::JoinHandle;

use crate::run::Run;

const EVERY: Duration = Duration::from_secs(1);

/// Print how far the run is every second, until the handle is aborted.
pub fn start(run: &Arc<Run>) -> JoinHandle<()> {
    let run = Arc::clone(run);
    let start = Instant::now();
    tokio::spawn(async move {
        loop {
            tokio::time::sleep(EVERY).await;
            eprintln!("{}", line(&run, start.elapsed()));
        }
    })
}

fn line(run: &Run, elapsed: Duration) -> String {
    let ledger = run.ledger();
    let tallies = [&ledger.ping, &ledger.score];
    let sum = |of: fn(&crate::ledger::Tally) -> u64| tallies.into_iter().map(of).sum::<u64>();
    format!(
        "elapsed_s={:.1} sent={} answered={} errors={} over_limit={}",
        elapsed.as_secs_f64(),
        sum(|tally| tally.sent),
        sum(|tally| tally.answered),
        sum(crate::ledger::Tally::failed),
        sum(|tally| tally.over_limit),
    )
}
