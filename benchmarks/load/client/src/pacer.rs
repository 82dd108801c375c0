//! Waits for an intended send time more closely than a timer can.

use std::io;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::thread;
use std::time::{Duration, Instant};

use tokio::sync::Notify;
use tokio::task::yield_now;

/// A thread that sleeps until shortly before a time; the caller spins the rest.
///
/// The runtime's own timer counts whole milliseconds. While the caller spins, the runtime goes on
/// reading answers.
pub struct Pacer {
    spin: Duration,
    wake_times: Sender<Instant>,
    awake: Arc<Notify>,
}

impl Pacer {
    /// Start the sleeping thread; it ends with the pacer.
    ///
    /// # Errors
    ///
    /// The machine gives no thread.
    pub fn start(spin: Duration) -> io::Result<Self> {
        let (wake_times, inbox) = channel();
        let awake = Arc::new(Notify::new());
        let bell = Arc::clone(&awake);
        thread::Builder::new()
            .name("pacer".to_owned())
            .spawn(move || sleep_and_ring(&inbox, &bell))?;
        Ok(Self {
            spin,
            wake_times,
            awake,
        })
    }

    /// Return at `intended`, or after it if the machine is late; always lets other tasks run.
    pub async fn wait_until(&self, intended: Instant) {
        let asleep_until = intended.checked_sub(self.spin).unwrap_or(intended);
        if Instant::now() < asleep_until && self.wake_times.send(asleep_until).is_ok() {
            self.awake.notified().await;
        }
        yield_now().await;
        while Instant::now() < intended {
            yield_now().await;
        }
    }
}

fn sleep_and_ring(inbox: &Receiver<Instant>, bell: &Notify) {
    for wake_time in inbox {
        thread::sleep(wake_time.saturating_duration_since(Instant::now()));
        bell.notify_one();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn never_returns_early() {
        let pacer = Pacer::start(Duration::from_micros(200)).unwrap();
        for gap in [0, 50, 500, 3_000] {
            let intended = Instant::now() + Duration::from_micros(gap);
            pacer.wait_until(intended).await;
            assert!(Instant::now() >= intended);
        }
    }

    #[tokio::test]
    async fn lets_other_tasks_run_when_late() {
        let pacer = Pacer::start(Duration::ZERO).unwrap();
        let task = tokio::spawn(async {});
        pacer.wait_until(Instant::now()).await;
        assert!(task.is_finished());
    }
}
