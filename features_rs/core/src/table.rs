//! All entities of one kind, by id.

use foldhash::fast::RandomState;
use indexmap::IndexMap;

use crate::codec::Decoder;
use crate::entity::Entity;
use crate::error::Result;
use crate::name::{Name, Sought};
use crate::state;

/// Entities by id, each at a place that a walk from the last to the first never misses: eviction
/// moves the last entity to the freed place, which such a walk has passed already.
#[derive(Debug)]
pub struct Table<E> {
    entities: IndexMap<Name, E, RandomState>,
}

impl<E> Default for Table<E> {
    fn default() -> Self {
        Self {
            entities: IndexMap::default(),
        }
    }
}

impl<E: Entity> Table<E> {
    /// How many there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.entities.len()
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.entities.is_empty()
    }

    /// The entity of an id.
    #[must_use]
    pub fn get(&self, id: &str) -> Option<&E> {
        self.entities.get(&Sought(id.as_bytes()))
    }

    /// The place of an id's entity.
    #[must_use]
    pub fn place_of(&self, id: &str) -> Option<usize> {
        self.entities.get_index_of(&Sought(id.as_bytes()))
    }

    /// The place of an id's entity, new if need be.
    pub fn place_or_new(&mut self, id: &str) -> usize {
        match self.place_of(id) {
            Some(place) => place,
            None => self.entities.insert_full(Name::new(id), E::default()).0,
        }
    }

    /// The entity at a place.
    #[must_use]
    pub fn at(&self, place: usize) -> Option<&E> {
        self.entities.get_index(place).map(|(_, entity)| entity)
    }

    /// The entity at a place, to change.
    pub fn at_mut(&mut self, place: usize) -> Option<&mut E> {
        self.entities.get_index_mut(place).map(|(_, entity)| entity)
    }

    /// The id of the entity at a place, and the event time of its newest payment.
    #[must_use]
    pub fn head_at(&self, place: usize) -> Option<(&str, i64)> {
        let (id, entity) = self.entities.get_index(place)?;
        Some((id.as_str(), entity.newest_payment()))
    }

    /// Appends the state of the entity at a place; false beyond the last.
    pub fn encode_at(&self, place: usize, to: &mut Vec<u8>) -> bool {
        self.entities.get_index(place).is_some_and(|(id, entity)| {
            state::encode(id.as_bytes(), entity, to);
            true
        })
    }

    /// The state of one entity.
    #[must_use]
    pub fn snapshot(&self, id: &str) -> Option<Vec<u8>> {
        let entity = self.get(id)?;
        let mut bytes = Vec::new();
        state::encode(id.as_bytes(), entity, &mut bytes);
        Some(bytes)
    }

    /// Joins a state in. Says whether anything changed, and how many payments gave way to a
    /// sealed day.
    ///
    /// # Errors
    /// [`crate::Error::Damaged`].
    pub fn merge(&mut self, id: &str, body: &mut Decoder<'_>) -> Result<(bool, usize)> {
        let other: E = state::decode_body(body)?;
        if let Some(entity) = self.entities.get_mut(&Sought(id.as_bytes())) {
            // What has been merged before mostly comes back as it is here.
            if *entity == other {
                return Ok((false, 0));
            }
            let before = encoded(entity);
            let superseded = entity.join(&other);
            return Ok((encoded(entity) != before, superseded));
        }
        self.entities.insert(Name::new(id), other);
        Ok((true, 0))
    }

    /// Forgets the entities whose newest time is before `oldest`; returns how many.
    pub fn evict_before(&mut self, oldest: i64) -> usize {
        let mut evicted = 0;
        for place in (0..self.entities.len()).rev() {
            let idle = self
                .entities
                .get_index(place)
                .is_some_and(|(_, e)| e.newest() < oldest);
            if idle {
                self.entities.swap_remove_index(place);
                evicted += 1;
            }
        }
        evicted
    }
}

fn encoded<E: Entity>(entity: &E) -> Vec<u8> {
    let mut bytes = Vec::new();
    entity.encode(&mut bytes);
    bytes
}
