//! One entity's state by itself, taken a step further: what a stream does with each key.

use crate::entity::EntityKind;
use crate::error::{Error, Result};
use crate::event::Payment;
use crate::features::WIDTH;
use crate::label::CheckedLabel;
use crate::scope::Scope;
use crate::series::Outcome;
use crate::state;
use crate::store::Store;

/// An entity's state after a step.
#[derive(Debug, Clone, PartialEq)]
pub struct Advance {
    /// As of [`Store::snapshot`].
    pub state: Vec<u8>,
    /// Event time of the newest payment in the state; 0 when there is none.
    pub as_of: i64,
    /// Features of the newest payment of the step, as known just before it, from this one
    /// entity's state.
    pub features: Option<[f32; WIDTH]>,
    /// What became of the payments, in the order of their moments.
    pub outcomes: Vec<Outcome>,
}

/// Learns labels, then records payments, each in the order of their moments, into one entity's
/// state alone. Payments and labels of other entities are left out.
///
/// # Errors
/// [`Error::ContractMismatch`], [`Error::Damaged`], [`Error::OtherEntity`]: of `state`.
pub fn advance<P: AsRef<str>, L: AsRef<str>>(
    kind: EntityKind,
    id: &str,
    before: Option<&[u8]>,
    payments: &[Payment<P>],
    labels: &[&CheckedLabel<L>],
) -> Result<Advance> {
    let mut store = Store::default();
    if let Some(bytes) = before {
        check_owner(kind, id, bytes)?;
        store.merge(bytes)?;
    }
    let scope = Scope::new(&[kind], None);
    for label in in_order(labels, |label| label.name(kind) == Some(id), |l| &l.known) {
        store.learn_within(*label, &scope);
    }
    let payments = in_order(payments, |p| p.name(kind) == Some(id), |p| &p.moment);
    let mut features = None;
    let mut outcomes = Vec::with_capacity(payments.len());
    for (place, payment) in payments.iter().enumerate() {
        if place + 1 == payments.len() {
            let mut row = [0.0; WIDTH];
            store.assemble(payment, &mut row);
            features = Some(row);
        }
        outcomes.push(store.record_within(payment, &scope));
    }
    let (state, as_of) = store.state_or_new(kind, id);
    Ok(Advance {
        state,
        as_of,
        features,
        outcomes,
    })
}

fn check_owner(kind: EntityKind, id: &str, bytes: &[u8]) -> Result<()> {
    let (found_kind, found) = state::decode_head(&mut state::open(bytes)?)?;
    if (found_kind, found) == (kind, id) {
        return Ok(());
    }
    Err(Error::OtherEntity {
        found: format!("{} `{found}`", found_kind.name()),
        expected: format!("{} `{id}`", kind.name()),
    })
}

/// The items that are wanted, sorted.
fn in_order<'a, T, K: Ord + 'a>(
    items: &'a [T],
    wanted: impl Fn(&T) -> bool,
    key: impl Fn(&'a T) -> &'a K,
) -> Vec<&'a T> {
    let mut sorted: Vec<&T> = items.iter().filter(|item| wanted(item)).collect();
    sorted.sort_by(|a, b| key(a).cmp(key(b)));
    sorted
}
