//! The calls of a run, by timetable or by answers.

use std::cell::{Cell, RefCell};
use std::rc::Rc;
use std::time::{Duration, Instant};

use bytes::Bytes;
use tokio::task::LocalSet;

use crate::answer::{self, Outcome};
use crate::arguments::Arguments;
use crate::bodies;
use crate::connection::{Connection, Endpoint};
use crate::error::LoadError;
use crate::ledger::{self, Report};
use crate::pacer::Pacer;

const SPIN: Duration = Duration::from_micros(200);

/// What the calls of a run share.
struct Run {
    bodies: Vec<Bytes>,
    endpoint: Endpoint,
    /// Open and not in use; the last one used is taken first, as clients do.
    idle: RefCell<Vec<Connection>>,
    outcomes: RefCell<Vec<Outcome>>,
    /// When the first measured call was due.
    measured_from: Cell<Option<Instant>>,
    warm_up: usize,
}

/// Make every call and write the answers.
///
/// # Errors
///
/// The bodies cannot be read, or the answers not written.
pub async fn run(arguments: &Arguments) -> Result<Report, LoadError> {
    let bodies = bodies::read(arguments)?;
    let endpoint = Endpoint::new(arguments)?;
    let run = Rc::new(Run {
        outcomes: RefCell::new(Vec::with_capacity(bodies.len())),
        idle: RefCell::default(),
        measured_from: Cell::new(None),
        warm_up: arguments.warm_up,
        bodies,
        endpoint,
    });
    let local = LocalSet::new();
    let limit = arguments.time_limit();
    match arguments.rate {
        Some(rate) => local.run_until(open_loop(&run, rate, limit)).await?,
        None => {
            let calls = closed_loop(&run, arguments.connections, limit);
            local.run_until(calls).await?;
        }
    }
    let start = run.measured_from.get();
    let elapsed = start.map_or(Duration::ZERO, |start| start.elapsed());
    let mut outcomes = run.outcomes.take();
    answer::write(&arguments.answers, &mut outcomes)?;
    ledger::report(&outcomes, arguments.warm_up, elapsed)
}

/// Every call at its time, whatever the answers do.
async fn open_loop(run: &Rc<Run>, rate: f64, limit: Duration) -> Result<(), LoadError> {
    let pacer = Pacer::start(SPIN).map_err(LoadError::Runtime)?;
    let start = Instant::now();
    let mut calls = Vec::new();
    for index in 0..run.bodies.len() {
        // A product, not a sum: no error builds up.
        let due = Duration::from_secs_f64(index as f64 / rate);
        if due > limit {
            break;
        }
        pacer.wait_until(start + due).await;
        let run = Rc::clone(run);
        calls.push(tokio::task::spawn_local(async move {
            run.call(index, Some(start + due)).await;
        }));
    }
    for call in calls {
        call.await?;
    }
    Ok(())
}

/// The next call of a connection when its last was answered.
async fn closed_loop(run: &Rc<Run>, connections: u16, limit: Duration) -> Result<(), LoadError> {
    let next = Rc::new(Cell::new(0));
    let deadline = Instant::now() + limit;
    let mut workers = Vec::new();
    for _ in 0..connections {
        let (run, next) = (Rc::clone(run), Rc::clone(&next));
        workers.push(tokio::task::spawn_local(async move {
            while Instant::now() < deadline {
                let index = next.replace(next.get() + 1);
                if index >= run.bodies.len() {
                    break;
                }
                run.call(index, None).await;
            }
        }));
    }
    for worker in workers {
        worker.await?;
    }
    Ok(())
}

impl Run {
    /// Make one call now; it was due at `intended`, or now.
    async fn call(&self, index: usize, intended: Option<Instant>) {
        let Some(body) = self.bodies.get(index).cloned() else {
            return;
        };
        let idle = self.idle.borrow_mut().pop();
        let mut connection = idle.unwrap_or_else(|| Connection::new(&self.endpoint));
        let sent = Instant::now();
        let intended = intended.unwrap_or(sent);
        if index == self.warm_up {
            self.measured_from.set(Some(intended));
        }
        let answer = connection.call(body).await;
        let latency = intended.elapsed();
        self.idle.borrow_mut().push(connection);
        self.outcomes.borrow_mut().push(Outcome {
            index,
            latency,
            lag: sent.saturating_duration_since(intended),
            answer,
        });
    }
}
