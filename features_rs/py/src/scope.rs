//! Kinds and shards as Python names them.

use fraud_features::scope::shard_of as shard_of_name;
use fraud_features::{EntityKind, Scope, Shard};
use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;

/// The kind of a name.
pub fn kind_of(name: &str) -> PyResult<EntityKind> {
    let kind = EntityKind::ALL.into_iter().find(|kind| kind.name() == name);
    kind.ok_or_else(|| {
        PyValueError::new_err(format!(
            "kind: `{name}` is not one of account, merchant, category, device"
        ))
    })
}

/// The scope that two arguments of a recording method say.
pub fn scope_of(kinds: Option<Vec<String>>, shard: Option<(u32, u32)>) -> PyResult<Scope> {
    let kinds = match kinds {
        Some(names) => names.iter().map(|name| kind_of(name)).collect(),
        None => Ok(EntityKind::ALL.to_vec()),
    };
    let shard = shard.map(|(index, count)| {
        Shard::new(index, count).ok_or_else(|| {
            PyValueError::new_err(format!(
                "shard: `({index}, {count})` is not an index below a count"
            ))
        })
    });
    Ok(Scope::new(&kinds?, shard.transpose()?))
}

/// Which shard an entity belongs to.
#[pyfunction]
pub fn shard_of(entity_id: &str, count: u32) -> PyResult<u32> {
    match count.try_into() {
        Ok(count) => Ok(shard_of_name(entity_id, count)),
        Err(_) => Err(PyValueError::new_err("count: `0` is not 1 or more")),
    }
}
