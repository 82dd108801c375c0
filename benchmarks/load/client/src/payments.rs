//! Reads the payments to send.

use std::fs;
use std::path::Path;

use prost::Message;

use crate::error::LoadError;
use crate::proto::ScoreRequest;

/// Read `count` requests (all unless given) after the first `skip` of a delimited file.
///
/// # Errors
///
/// The file cannot be read or decoded, or holds no such request.
pub fn read_payments(
    path: &Path,
    skip: usize,
    count: Option<usize>,
) -> Result<Vec<ScoreRequest>, LoadError> {
    let bytes = fs::read(path).map_err(|source| LoadError::ReadPayments {
        path: path.to_owned(),
        source,
    })?;
    let payments =
        decode(&bytes, skip, count.unwrap_or(usize::MAX)).map_err(|(index, source)| {
            LoadError::DecodePayment {
                path: path.to_owned(),
                index,
                source,
            }
        })?;
    if payments.is_empty() {
        return Err(LoadError::NoPayments {
            path: path.to_owned(),
        });
    }
    Ok(payments)
}

fn decode(
    mut bytes: &[u8],
    skip: usize,
    count: usize,
) -> Result<Vec<ScoreRequest>, (usize, prost::DecodeError)> {
    let mut payments = Vec::new();
    let mut index = 0;
    while !bytes.is_empty() && payments.len() < count {
        let request =
            ScoreRequest::decode_length_delimited(&mut bytes).map_err(|error| (index, error))?;
        if index >= skip {
            payments.push(request);
        }
        index += 1;
    }
    Ok(payments)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::proto::Transaction;

    fn file_of(ids: &[&str]) -> Vec<u8> {
        let mut bytes = Vec::new();
        for id in ids {
            let transaction = Some(Transaction {
                transaction_id: (*id).to_owned(),
                ..Transaction::default()
            });
            ScoreRequest {
                transaction,
                ..ScoreRequest::default()
            }
            .encode_length_delimited(&mut bytes)
            .unwrap();
        }
        bytes
    }

    fn ids(payments: Vec<ScoreRequest>) -> Vec<String> {
        let id = |payment: ScoreRequest| payment.transaction.unwrap().transaction_id;
        payments.into_iter().map(id).collect()
    }

    #[test]
    fn skips_and_counts() {
        let file = file_of(&["a", "b", "c", "d"]);
        assert_eq!(ids(decode(&file, 1, 2).unwrap()), ["b", "c"]);
        assert_eq!(ids(decode(&file, 3, 9).unwrap()), ["d"]);
        assert!(decode(&file, 4, 9).unwrap().is_empty());
    }

    #[test]
    fn names_the_damaged_message() {
        let mut file = file_of(&["a", "b"]);
        file.pop();
        assert_eq!(decode(&file, 0, 9).unwrap_err().0, 1);
    }
}
