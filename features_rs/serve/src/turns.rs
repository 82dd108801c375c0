//! One decision a transaction id: who holds its turn decides.

use std::collections::HashSet;

use parking_lot::{Condvar, Mutex};

/// The ids that are being decided.
#[derive(Debug, Default)]
pub struct Turns {
    held: Mutex<HashSet<String>>,
    ended: Condvar,
}

/// An id's turn, until this is dropped.
#[derive(Debug)]
pub struct Turn<'a> {
    turns: &'a Turns,
    id: &'a str,
}

impl Drop for Turn<'_> {
    fn drop(&mut self) {
        self.turns.end(self.id);
    }
}

impl Turns {
    /// The turn of an id; None while another has it.
    pub fn try_take<'a>(&'a self, id: &'a str) -> Option<Turn<'a>> {
        self.begin(id).then(|| Turn { turns: self, id })
    }

    /// Begins the turn of an id unless another has it; [`Turns::end`] ends it.
    pub fn begin(&self, id: &str) -> bool {
        self.held.lock().insert(id.to_owned())
    }

    /// Waits for the turn of an id; [`Turns::end`] ends it.
    pub fn wait_for(&self, id: &str) {
        let mut held = self.held.lock();
        while !held.insert(id.to_owned()) {
            self.ended.wait(&mut held);
        }
    }

    /// Ends the turn of an id.
    pub fn end(&self, id: &str) {
        self.held.lock().remove(id);
        self.ended.notify_all();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_at_a_time_has_the_turn_of_an_id() {
        let turns = Turns::default();
        let first = turns.try_take("a");
        assert!(first.is_some());
        // One that is turned away leaves the turn with who has it.
        assert!(turns.try_take("a").is_none());
        assert!(turns.try_take("a").is_none());
        assert!(turns.try_take("b").is_some());
        std::thread::scope(|scope| {
            let waiting = scope.spawn(|| turns.wait_for("a"));
            drop(first);
            assert!(waiting.join().is_ok());
        });
        assert!(turns.try_take("a").is_none());
        turns.end("a");
        assert!(turns.try_take("a").is_some());
    }
}
