//! Why a payment was not approved, as `scorer/model/reasons.py` says, bit for bit.

use std::cmp::Ordering;

use fraud_features::{WIDTH, contract};
use fraud_features_wire::contract::Reason;

use crate::model::Model;

const MOST_REASONS: usize = 4;

/// The contract's reason codes, each with the features behind it.
#[derive(Debug)]
pub struct Codes {
    codes: Vec<&'static str>,
    /// The code of each feature, by its place.
    code_of: Vec<usize>,
}

impl Default for Codes {
    fn default() -> Self {
        let (mut codes, mut code_of) = (Vec::new(), Vec::new());
        for (_, feature) in contract::features() {
            let known = codes.iter().position(|code| *code == feature.reason);
            code_of.push(known.unwrap_or(codes.len()));
            if known.is_none() {
                codes.push(feature.reason);
            }
        }
        Self { codes, code_of }
    }
}

impl Codes {
    /// The codes that carry a probability, weightiest first: at least one, at most four.
    ///
    /// # Errors
    /// The model failed.
    pub fn explain(
        &self,
        model: &Model,
        reference: &[f32],
        row: &[f32; WIDTH],
        probability: f32,
    ) -> Result<Vec<Reason>, String> {
        let occluded = self.occluded(reference, row);
        let without = model.run(&occluded, self.codes.len())?;
        let drops = without.iter().map(|other| probability - other);
        let mut ranked: Vec<(f32, &str)> = drops.zip(self.codes.iter().copied()).collect();
        ranked.sort_by(|a, b| b.0.partial_cmp(&a.0).unwrap_or(Ordering::Equal));
        let heavy = ranked
            .iter()
            .take(MOST_REASONS)
            .filter(|(drop, _)| *drop > 0.0);
        let mut reasons: Vec<Reason> = heavy.map(|&(drop, code)| reason(code, drop)).collect();
        if reasons.is_empty() {
            reasons.extend(ranked.first().map(|&(_, code)| reason(code, 0.0)));
        }
        Ok(reasons)
    }

    /// One row for each code, with its features set to what is ordinary.
    fn occluded(&self, reference: &[f32], row: &[f32; WIDTH]) -> Vec<f32> {
        let mut occluded = Vec::with_capacity(self.codes.len() * WIDTH);
        for code in 0..self.codes.len() {
            let places = self.code_of.iter().zip(row.iter().zip(reference));
            occluded.extend(
                places
                    .map(|(own, (value, ordinary))| if *own == code { *ordinary } else { *value }),
            );
        }
        occluded
    }
}

fn reason(code: &str, weight: f32) -> Reason {
    Reason {
        code: code.to_owned(),
        weight,
    }
}
