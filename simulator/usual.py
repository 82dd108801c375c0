"""What was usual for each account, as whoever had decided its payments would have said."""

from collections.abc import Iterable, Iterator

import pyarrow as pa
import pyarrow.compute as pc

from features_rs import Store
from features_rs.facts import USUAL, USUAL_FEATURE
from simulator.world import Chunk


def with_usual(chunks: Iterable[Chunk]) -> Iterator[Chunk]:
    """Fill the column of chunks that are in order, by deciding payment after payment.

    The kernel's own feature, so that a model learns from a history what it will be served.
    """
    store = Store()
    for chunk in chunks:
        features = pa.record_batch(store.assemble_and_record_many(chunk.events))
        ratios = features[USUAL_FEATURE]
        known = pc.if_else(pc.is_nan(ratios), pa.scalar(None, pa.float32()), ratios)
        place = chunk.events.schema.get_field_index(USUAL)
        field = chunk.events.schema.field(place)
        yield chunk._replace(events=chunk.events.set_column(place, field, known))
