//! What is sent.

use std::fs;

use bytes::Bytes;

use crate::arguments::Arguments;
use crate::error::LoadError;

const PREFIX: usize = 4;

/// Read the bodies that a run sends.
///
/// # Errors
///
/// The file cannot be read, ends within a body, or holds nothing to measure.
pub fn read(arguments: &Arguments) -> Result<Vec<Bytes>, LoadError> {
    let path = &arguments.bodies;
    let failed = |source| LoadError::ReadBodies {
        path: path.clone(),
        source,
    };
    let mut bodies = split(fs::read(path).map_err(failed)?.into())?;
    bodies.drain(..arguments.skip.min(bodies.len()));
    bodies.truncate(arguments.count.unwrap_or(usize::MAX));
    if arguments.warm_up >= bodies.len() {
        return Err(LoadError::OnlyWarmUp {
            warm_up: arguments.warm_up,
            count: bodies.len(),
        });
    }
    Ok(bodies)
}

fn split(mut rest: Bytes) -> Result<Vec<Bytes>, LoadError> {
    let mut bodies = Vec::new();
    while !rest.is_empty() {
        let cut = || LoadError::CutBody {
            index: bodies.len(),
        };
        let prefix = rest.first_chunk::<PREFIX>().ok_or_else(cut)?;
        let end = PREFIX + u32::from_be_bytes(*prefix) as usize;
        if rest.len() < end {
            return Err(cut());
        }
        bodies.push(rest.split_to(end).slice(PREFIX..));
    }
    Ok(bodies)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bodies_are_told_apart_by_their_lengths() {
        let file = Bytes::from_static(b"\0\0\0\x02ab\0\0\0\0\0\0\0\x01c");
        assert_eq!(split(file).unwrap(), ["ab", "", "c"]);
    }

    #[test]
    fn a_cut_body_is_named() {
        let file = Bytes::from_static(b"\0\0\0\x01a\0\0\0\x05b");
        let error = split(file).unwrap_err().to_string();
        assert!(error.contains("body 1"), "{error}");
    }
}
