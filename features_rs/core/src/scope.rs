//! Which entities something is remembered for: all of them, some kinds, or a shard of the names.

use std::num::NonZeroU32;

use xxhash_rust::xxh3::xxh3_64;

use crate::entity::EntityKind;

/// Which of `count` shards an entity belongs to; the same on every machine.
#[must_use]
pub fn shard_of(name: &str, count: NonZeroU32) -> u32 {
    // A remainder of a 32-bit number fits.
    (xxh3_64(name.as_bytes()) % u64::from(count.get())) as u32
}

/// One of several equal parts of the entities.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Shard {
    index: u32,
    count: NonZeroU32,
}

impl Shard {
    /// The part `index` of `count`; None unless it is below it.
    #[must_use]
    pub fn new(index: u32, count: u32) -> Option<Self> {
        let count = NonZeroU32::new(count).filter(|count| index < count.get())?;
        Some(Self { index, count })
    }

    fn holds(self, name: &str) -> bool {
        shard_of(name, self.count) == self.index
    }
}

/// See the module.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Scope {
    kinds: [bool; EntityKind::ALL.len()],
    shard: Option<Shard>,
}

impl Scope {
    /// Every entity.
    pub const ALL: Self = Self {
        kinds: [true; EntityKind::ALL.len()],
        shard: None,
    };

    /// Entities of these kinds, in this shard if one is given.
    #[must_use]
    pub fn new(kinds: &[EntityKind], shard: Option<Shard>) -> Self {
        Self {
            kinds: EntityKind::ALL.map(|kind| kinds.contains(&kind)),
            shard,
        }
    }

    /// Whether an entity is among them.
    #[must_use]
    pub fn holds(&self, kind: EntityKind, name: &str) -> bool {
        let [account, merchant, category, device] = self.kinds;
        let of_kind = match kind {
            EntityKind::Account => account,
            EntityKind::Merchant => merchant,
            EntityKind::Category => category,
            EntityKind::Device => device,
        };
        of_kind && self.shard.is_none_or(|shard| shard.holds(name))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_in_one_shard() {
        assert_eq!(Shard::new(2, 2), None);
        assert_eq!(Shard::new(0, 0), None);
        for name in ["anna", "boris", ""] {
            let holding = (0..3)
                .filter_map(|index| Shard::new(index, 3))
                .filter(|shard| shard.holds(name));
            assert_eq!(holding.count(), 1);
        }
    }

    #[test]
    fn kinds_left_out_are_not_held() {
        let scope = Scope::new(&[EntityKind::Merchant], None);
        let held = EntityKind::ALL.map(|kind| scope.holds(kind, "m"));
        assert_eq!(held, [false, true, false, false]);
        assert_eq!(Scope::new(&EntityKind::ALL, None), Scope::ALL);
    }
}
