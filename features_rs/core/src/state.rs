//! One entity's state as bytes: which contract, which entity, and what it remembers.

use xxhash_rust::xxh3::xxh3_64;

use crate::codec::{Decoder, Encode};
use crate::contract::{DIGEST, to_hex};
use crate::entity::{Entity, EntityKind};
use crate::error::{Error, Result};

/// Bytes of the checksum (xxh3-64, little-endian) that ends a state.
const CHECKSUM: usize = 8;

/// Appends an entity's state: digest, kind, id, series and checksum. Equal states give equal bytes.
pub fn encode<E: Entity>(id: &[u8], entity: &E, to: &mut Vec<u8>) {
    let start = to.len();
    to.extend_from_slice(&*DIGEST);
    to.push(E::KIND.number());
    to.put_bytes(id);
    entity.encode(to);
    let checksum = xxh3_64(to.get(start..).unwrap_or_default());
    to.extend_from_slice(&checksum.to_le_bytes());
}

/// Starts to read a state that is whole and of this contract, after its digest.
///
/// # Errors
/// [`Error::ContractMismatch`] for state of another contract, [`Error::Damaged`].
pub fn open(bytes: &[u8]) -> Result<Decoder<'_>> {
    check_digest(&mut Decoder::new(bytes))?;
    let end = bytes.len().saturating_sub(CHECKSUM);
    let (body, checksum) = bytes.split_at(end);
    let mut from = Decoder::new(body);
    from.take(DIGEST.len(), "contract digest")?;
    if checksum == xxh3_64(body).to_le_bytes() {
        Ok(from)
    } else {
        Err(Error::Damaged {
            offset: end,
            expected: "the checksum of the bytes before",
        })
    }
}

/// Reads whose state the bytes are.
///
/// # Errors
/// [`Error::Damaged`].
pub fn decode_head<'a>(from: &mut Decoder<'a>) -> Result<(EntityKind, &'a str)> {
    let number: u8 = from.get("kind of entity")?;
    let kind = EntityKind::ALL
        .into_iter()
        .find(|kind| kind.number() == number);
    let kind = kind.ok_or_else(|| from.damaged("kind of entity"))?;
    Ok((kind, from.get_text("entity id")?))
}

/// Reads a digest and compares it with this kernel's.
///
/// # Errors
/// [`Error::ContractMismatch`] when it is another, [`Error::Damaged`] when it is cut short.
pub fn check_digest(from: &mut Decoder<'_>) -> Result<()> {
    let found = from.take(DIGEST.len(), "contract digest")?;
    if found == *DIGEST {
        return Ok(());
    }
    Err(Error::ContractMismatch {
        found: to_hex(found),
        expected: to_hex(&*DIGEST),
    })
}

/// Reads the entity itself, to the last byte.
///
/// # Errors
/// [`Error::Damaged`].
pub fn decode_body<E: Entity>(from: &mut Decoder<'_>) -> Result<E> {
    let entity = E::decode(from)?;
    if from.is_done() {
        Ok(entity)
    } else {
        Err(from.damaged("no more bytes"))
    }
}
