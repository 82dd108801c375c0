"""A feature store with one view, an account's features, filled from rows.npy.

Args: folder, then `sqlite` or the address of Redis. One view is one read of the store a call
(https://docs.feast.dev/how-to-guides/online-server-performance-tuning).
"""

import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import pandas as pd
from feast import Entity, FeatureService, FeatureStore, FeatureView, Field, FileSource
from feast.types import Float32
from feast.value_type import ValueType

YAML = """\
project: fraud
registry:
  path: registry.db
  cache_ttl_seconds: 3600
  cache_mode: thread
provider: local
entity_key_serialization_version: 3
online_store:
"""
SQLITE = "  type: sqlite\n  path: online.db\n"
REDIS = "  type: redis\n  connection_string: {address}\n"


def main(folder: Path, store: str) -> None:
    """Make the repository and write the rows into its online store."""
    rows = np.load(folder / "rows.npy")
    online = SQLITE if store == "sqlite" else REDIS.format(address=store)
    (folder / "feature_store.yaml").write_text(YAML + online)
    names = [f"feature_{number}" for number in range(rows.shape[1])]
    frame = pd.DataFrame(rows, columns=names)
    frame["account_id"] = [f"account-{number}" for number in range(len(rows))]
    frame["event_timestamp"] = datetime.now(UTC)
    source_file = folder / "accounts.parquet"
    frame.head(1).to_parquet(source_file)
    feature_store = FeatureStore(repo_path=str(folder))
    feature_store.apply(list(_objects(names, source_file)))
    feature_store.write_to_online_store("account", df=frame)


def _objects(names: list[str], source_file: Path):
    entity = Entity(name="account_id", join_keys=["account_id"], value_type=ValueType.STRING)
    view = FeatureView(
        name="account",
        entities=[entity],
        ttl=timedelta(days=3650),
        schema=[Field(name=name, dtype=Float32) for name in names],
        source=FileSource(path=str(source_file), timestamp_field="event_timestamp"),
    )
    return entity, view, FeatureService(name="fraud", features=[view])


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2])
