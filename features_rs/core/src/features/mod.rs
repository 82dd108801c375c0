//! The features of contract v1, a family a file, each defined once beside the code that computes it.

pub mod amount;
pub mod calendar;
pub mod device;
pub mod geography;
pub mod merchant;
pub mod risk;
pub mod velocity;

/// One entry of the contract.
#[derive(Debug, Clone, Copy)]
pub struct Feature {
    /// Unique name, `entity_measure_window`.
    pub name: &'static str,
    /// Unit of the value.
    pub unit: &'static str,
    /// Window that it is taken over, `-` if none.
    pub window: &'static str,
    /// Value when there is nothing to compute it from.
    pub default: f32,
    /// One line for people.
    pub meaning: &'static str,
    /// Public reason code of decisions that rest on it.
    pub reason: &'static str,
}

/// Features that are computed together.
#[derive(Debug, Clone, Copy)]
pub struct Family {
    /// What the features have in common.
    pub name: &'static str,
    /// In the order of the vector.
    pub features: &'static [Feature],
}

/// All families, in the order of the vector.
pub static FAMILIES: [Family; 7] = [
    Family {
        name: "velocity",
        features: &velocity::FEATURES,
    },
    Family {
        name: "amount",
        features: &amount::FEATURES,
    },
    Family {
        name: "geography",
        features: &geography::FEATURES,
    },
    Family {
        name: "merchant",
        features: &merchant::FEATURES,
    },
    Family {
        name: "risk",
        features: &risk::FEATURES,
    },
    Family {
        name: "device",
        features: &device::FEATURES,
    },
    Family {
        name: "calendar",
        features: &calendar::FEATURES,
    },
];

/// Length of the feature vector.
pub const WIDTH: usize = velocity::FEATURES.len()
    + amount::FEATURES.len()
    + geography::FEATURES.len()
    + merchant::FEATURES.len()
    + risk::FEATURES.len()
    + device::FEATURES.len()
    + calendar::FEATURES.len();

/// 1 for true, 0 for false.
pub(crate) fn flag(condition: bool) -> f32 {
    f32::from(u8::from(condition))
}
