//! One run: connect, send, report.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use crate::answer::write_answers;
use crate::arguments::{Arguments, Loop};
use crate::clock::processor_time;
use crate::connection::Connection;
use crate::error::LoadError;
use crate::ledger::Ledger;
use crate::pacer::Pacer;
use crate::payments::read_payments;
use crate::report::Report;
use crate::schedule::Timetable;
use crate::workload::Workload;
use crate::{closed_loop, open_loop, progress};

/// What the calls of a run share.
pub struct Run {
    /// What is sent.
    pub workload: Workload,
    ledger: Mutex<Ledger>,
}

impl Run {
    /// What was found so far; never held across a call.
    pub fn ledger(&self) -> MutexGuard<'_, Ledger> {
        self.ledger.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Do what the command line says.
///
/// # Errors
///
/// Payments cannot be read, the server cannot be reached, results cannot be written.
pub async fn run(arguments: &Arguments) -> Result<(), LoadError> {
    let payments = read_payments(&arguments.payments, arguments.skip, arguments.count)?;
    let run = Arc::new(Run {
        workload: Workload::new(payments, arguments)?,
        ledger: Mutex::new(Ledger::new(arguments.answers.is_some())?),
    });
    let connections = connect(arguments).await?;
    let progress = (!arguments.quiet).then(|| progress::start(&run));
    let (start, processor) = (Instant::now(), processor_time());
    send_all(&run, &connections, arguments).await?;
    let (elapsed, processor) = (start.elapsed(), processor_time().saturating_sub(processor));
    if let Some(progress) = progress {
        progress.abort();
    }
    let mut ledger = run.ledger();
    Report::new(&ledger, elapsed, processor).write(arguments.report.as_deref())?;
    match &arguments.answers {
        Some(path) => write_answers(path, &mut ledger.outcomes, &run.workload),
        None => Ok(()),
    }
}

async fn connect(arguments: &Arguments) -> Result<Vec<Connection>, LoadError> {
    let mut connections = Vec::new();
    for _ in 0..arguments.connections {
        connections.push(Connection::open(&arguments.target, arguments.timeout()).await?);
    }
    Ok(connections)
}

async fn send_all(
    run: &Arc<Run>,
    connections: &[Connection],
    arguments: &Arguments,
) -> Result<(), LoadError> {
    let methods = arguments.method.methods();
    match arguments.kind {
        Loop::Closed => {
            let time_limit = arguments.time_limit();
            closed_loop::run(run, connections, methods, time_limit).await?;
        }
        Loop::Open => {
            let pacer = Pacer::start(Duration::from_micros(arguments.spin_us))
                .map_err(LoadError::Runtime)?;
            open_loop::run(
                run,
                connections,
                timetable(run, arguments),
                &pacer,
                &bounds(arguments),
            )
            .await;
        }
    }
    Ok(())
}

fn timetable(run: &Run, arguments: &Arguments) -> Timetable {
    Timetable::new(
        &arguments.lanes(),
        arguments.arrivals,
        arguments.rate,
        arguments.seed,
        run.workload.count(),
    )
}

fn bounds(arguments: &Arguments) -> open_loop::Bounds {
    open_loop::Bounds {
        in_flight: arguments.limit,
        time_limit: arguments.time_limit(),
    }
}
