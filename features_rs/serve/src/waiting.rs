//! Ids of payments that labels wait for.

use std::collections::HashSet;

use parking_lot::RwLock;

/// A set that payments look into and labels fill.
#[derive(Debug, Default)]
pub struct Waiting {
    ids: RwLock<HashSet<String>>,
}

impl Waiting {
    /// Whether a label waits for this payment.
    #[must_use]
    pub fn contains(&self, id: &str) -> bool {
        self.ids.read().contains(id)
    }

    /// A label waits for this payment.
    pub fn add(&self, id: String) {
        self.ids.write().insert(id);
    }

    /// None does any more.
    pub fn discard(&self, id: &str) {
        self.ids.write().remove(id);
    }
}
