//! Identities: transaction ids, which order ties, and hashes, which stand for names in sets.

use std::cmp::Ordering;
use std::sync::Arc;

use xxhash_rust::xxh3::xxh3_64;

/// Longest id taken, in bytes.
pub const LONGEST_ID: usize = 64;
const INLINE: usize = 22;

/// A transaction id, ordered as its bytes.
///
/// A UUID is kept in 16 bytes and an id of up to 22 bytes inline, so that a state of many
/// payments holds few pointers.
#[derive(Debug, Clone)]
pub enum TransactionId {
    /// A canonical lower-case UUID.
    Uuid([u8; 16]),
    /// Up to 22 bytes: length and text.
    Inline(u8, [u8; INLINE]),
    /// Anything longer.
    Shared(Arc<str>),
}

impl TransactionId {
    /// Keeps `text` in the smallest form.
    #[must_use]
    pub fn new(text: &str) -> Self {
        let bytes = text.as_bytes();
        if let Some(uuid) = parse_uuid(bytes) {
            Self::Uuid(uuid)
        } else if bytes.len() <= INLINE {
            let mut inline = [0; INLINE];
            for (to, from) in inline.iter_mut().zip(bytes) {
                *to = *from;
            }
            Self::Inline(bytes.len() as u8, inline)
        } else {
            Self::Shared(Arc::from(text))
        }
    }

    /// Calls `read` with the id's bytes.
    pub fn with_bytes<R>(&self, read: impl FnOnce(&[u8]) -> R) -> R {
        match self {
            Self::Uuid(uuid) => read(&format_uuid(uuid)),
            Self::Inline(length, text) => {
                read(text.get(..usize::from(*length)).unwrap_or_default())
            }
            Self::Shared(text) => read(text.as_bytes()),
        }
    }

    /// A uniform number that decides which payments of a crowded day are kept.
    #[must_use]
    pub fn priority(&self) -> u64 {
        self.with_bytes(xxh3_64)
    }
}

impl Ord for TransactionId {
    fn cmp(&self, other: &Self) -> Ordering {
        match (self, other) {
            // Canonical UUIDs sort alike as bytes and as text.
            (Self::Uuid(a), Self::Uuid(b)) => a.cmp(b),
            _ => self.with_bytes(|a| other.with_bytes(|b| a.cmp(b))),
        }
    }
}

impl PartialOrd for TransactionId {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl PartialEq for TransactionId {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other).is_eq()
    }
}

impl Eq for TransactionId {}

/// Stands for an account or device in another entity's state; 0 stands for none.
///
/// 32 bits: of the few hundred that are ever compared, two are taken for one about once in 10^5
/// crowded days, and there is one for each payment to keep.
pub type Token = u32;

/// The number that stands for an account or device in another entity's state.
///
/// Zero stands for none.
#[must_use]
pub fn token_of(name: &str) -> Token {
    (xxh3_64(name.as_bytes()) as Token).max(1)
}

fn parse_uuid(text: &[u8]) -> Option<[u8; 16]> {
    if text.len() != 36 {
        return None;
    }
    let mut uuid = [0_u8; 16];
    let mut digits = 0_usize;
    for (position, &byte) in text.iter().enumerate() {
        if matches!(position, 8 | 13 | 18 | 23) {
            if byte != b'-' {
                return None;
            }
            continue;
        }
        let value = match byte {
            b'0'..=b'9' => byte - b'0',
            b'a'..=b'f' => byte - b'a' + 10,
            _ => return None,
        };
        let slot = uuid.get_mut(digits / 2)?;
        *slot = (*slot << 4) | value;
        digits += 1;
    }
    Some(uuid)
}

fn format_uuid(uuid: &[u8; 16]) -> [u8; 36] {
    const HEX: &[u8; 16] = b"0123456789abcdef";
    let mut text = [b'-'; 36];
    let places = (0..36).filter(|place| !matches!(place, 8 | 13 | 18 | 23));
    let digits = uuid.iter().flat_map(|byte| [byte >> 4, byte & 15]);
    for (place, digit) in places.zip(digits) {
        if let (Some(to), Some(from)) = (text.get_mut(place), HEX.get(usize::from(digit))) {
            *to = *from;
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keeps_the_order_and_bytes_of_the_text() {
        let mut texts = [
            "0188d7d4-0000-7000-8000-000000000001",
            "0188d7d4-0000-7000-8000-00000000000a",
            "0188d7d4-0000-7000-8000-00000000000A",
            "a",
            "b",
            "tx-1",
            "an id that is longer than twenty-two bytes",
            "",
        ];
        let mut ids: Vec<_> = texts.iter().map(|text| TransactionId::new(text)).collect();
        texts.sort_unstable();
        ids.sort_unstable();
        let back: Vec<_> = ids.iter().map(|id| id.with_bytes(<[u8]>::to_vec)).collect();
        assert_eq!(
            back,
            texts
                .iter()
                .map(|text| text.as_bytes().to_vec())
                .collect::<Vec<_>>()
        );
        assert_eq!(size_of::<TransactionId>(), 24);
    }
}
