//! What to do with known fields of another wire type: `protobuf` passes over them as over unknown
//! ones, `prost` refuses the message. Here they are taken out of it.

use prost::DecodeError;
use prost::encoding::{DecodeContext, WireType, decode_key, encode_key, encode_varint, skip_field};

/// The wire types of a message's fields.
pub struct Shape {
    /// Field numbers and their types.
    pub fields: &'static [(u32, WireType)],
    /// Of those fields that are messages.
    pub messages: &'static [(u32, Shape)],
}

/// The message without the fields whose wire type is not theirs.
///
/// # Errors
/// The bytes are not a message.
pub fn without_other_types(mut bytes: &[u8], shape: &Shape) -> Result<Vec<u8>, DecodeError> {
    let mut kept = Vec::with_capacity(bytes.len());
    while !bytes.is_empty() {
        let field = bytes;
        let (number, wire_type) = decode_key(&mut bytes)?;
        let value = bytes;
        skip_field(wire_type, number, &mut bytes, DecodeContext::default())?;
        let known = shape.fields.iter().find(|(known, _)| *known == number);
        if known.is_some_and(|(_, expected)| *expected != wire_type) {
            continue;
        }
        match shape.messages.iter().find(|(known, _)| *known == number) {
            Some((_, inner)) => {
                let inner = without_other_types(body_of(value, bytes)?, inner)?;
                encode_key(number, wire_type, &mut kept);
                encode_varint(inner.len() as u64, &mut kept);
                kept.extend_from_slice(&inner);
            }
            None => kept.extend_from_slice(taken(field, bytes)),
        }
    }
    Ok(kept)
}

/// What is in `from` before its rest.
fn taken<'a>(from: &'a [u8], rest: &[u8]) -> &'a [u8] {
    from.get(..from.len() - rest.len()).unwrap_or_default()
}

/// A length-delimited value without its length.
fn body_of<'a>(value: &'a [u8], rest: &[u8]) -> Result<&'a [u8], DecodeError> {
    let mut body = taken(value, rest);
    prost::encoding::decode_varint(&mut body)?;
    Ok(body)
}
