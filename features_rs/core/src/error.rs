//! What can be wrong with what the kernel is given.

use std::fmt;

/// Every way a call into the kernel can fail.
///
/// Messages name the field and the value and say what is allowed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Error {
    /// A field of an event or a label is out of range.
    InvalidField {
        /// The field, named as in the wire contract.
        field: &'static str,
        /// The value, as a person would write it.
        value: String,
        /// What the field may hold.
        allowed: &'static str,
    },
    /// State bytes of another feature contract.
    ContractMismatch {
        /// The digest that the bytes carry.
        found: String,
        /// The digest of this kernel.
        expected: String,
    },
    /// State bytes of another entity than the one asked for.
    OtherEntity {
        /// Kind and id that the bytes carry.
        found: String,
        /// Kind and id that were asked for.
        expected: String,
    },
    /// State bytes that are damaged or cut short.
    Damaged {
        /// Offset of the first byte that makes no sense.
        offset: usize,
        /// What was expected there.
        expected: &'static str,
    },
}

impl Error {
    pub(crate) fn field(
        field: &'static str,
        value: impl fmt::Display,
        allowed: &'static str,
    ) -> Self {
        Self::InvalidField {
            field,
            value: value.to_string(),
            allowed,
        }
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::InvalidField {
                field,
                value,
                allowed,
            } => write!(f, "{field}: `{value}` is not {allowed}"),
            Self::ContractMismatch { found, expected } => write!(
                f,
                "state is of feature contract {found}, this kernel computes {expected}: \
                 rebuild the state from history, or load it with the kernel that wrote it"
            ),
            Self::OtherEntity { found, expected } => write!(
                f,
                "state is of {found}, not of {expected}: give each entity its own state"
            ),
            Self::Damaged { offset, expected } => {
                write!(
                    f,
                    "state bytes are damaged at offset {offset}: expected {expected}"
                )
            }
        }
    }
}

impl std::error::Error for Error {}

/// The kernel's result.
pub type Result<T> = std::result::Result<T, Error>;
