//! Why a message is not taken.

use std::fmt;

/// Characters of a value that are shown.
const LONGEST_VALUE: usize = 64;

/// Says what is wrong with a message, naming field and value where there is one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Refusal {
    /// The bytes are not a message of the kind.
    Unreadable {
        /// The kind of message.
        message: &'static str,
        /// What the decoder says.
        reason: String,
    },
    /// A field that must be given is not.
    Missing {
        /// The field, as in the wire contract.
        field: &'static str,
    },
    /// A field breaks a rule.
    Invalid {
        /// The field, as in the wire contract.
        field: &'static str,
        /// The value as it is shown.
        value: String,
        /// What the field may hold.
        allowed: &'static str,
    },
    /// The kernel does not take what the wire contract allows.
    Kernel(fraud_features::Error),
}

impl Refusal {
    pub(crate) fn invalid(
        field: &'static str,
        value: &impl ToString,
        allowed: &'static str,
    ) -> Self {
        Self::Invalid {
            field,
            value: shown(&value.to_string()),
            allowed,
        }
    }
}

/// In printable ASCII, and not too long.
fn shown(value: &str) -> String {
    let start: String = value.chars().take(LONGEST_VALUE).collect();
    let more = if start.len() < value.len() { "..." } else { "" };
    let printable: String = start
        .chars()
        .flat_map(|character| {
            let shown = matches!(character, ' '..='~').then_some(character);
            shown.into_iter().chain(
                shown
                    .is_none()
                    .then(|| character.escape_default())
                    .into_iter()
                    .flatten(),
            )
        })
        .collect();
    printable + more
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unreadable { message, reason } => {
                write!(f, "the bytes are not a {message} message: {reason}")
            }
            Self::Missing { field } => write!(f, "transaction.{field}: value is required"),
            Self::Invalid {
                field,
                value,
                allowed,
            } => write!(f, "transaction.{field}: `{value}` is not {allowed}"),
            Self::Kernel(error) => write!(f, "transaction.{error}"),
        }
    }
}

impl std::error::Error for Refusal {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_shown_short_and_printable() {
        assert_eq!(shown("a \"b\""), "a \"b\"");
        assert_eq!(shown("caf\u{e9}\n"), "caf\\u{e9}\\n");
        assert_eq!(shown(&"x".repeat(65)), "x".repeat(64) + "...");
    }
}
