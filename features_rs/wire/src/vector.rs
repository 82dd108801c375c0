//! `fraud.v1.FeatureVector`: the state that it carries.

use prost::Message;

use crate::contract::FeatureVector;
use crate::refusal::Refusal;

/// Reads a serialized message into `room`, whose memory is used again.
///
/// # Errors
/// [`Refusal::Unreadable`].
pub fn read<'a>(bytes: &[u8], room: &'a mut FeatureVector) -> Result<&'a FeatureVector, Refusal> {
    room.clear();
    room.merge(bytes).map_err(|error| Refusal::Unreadable {
        message: "fraud.v1.FeatureVector",
        reason: error.to_string(),
    })?;
    Ok(room)
}
