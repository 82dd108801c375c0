"""AdminService."""

from collections.abc import Callable

from fraud.v1 import admin_pb2
from fraud.v1.admin_pb2 import (
    GetFreshnessRequest,
    GetFreshnessResponse,
    GetModelRequest,
    GetModelResponse,
    Model,
    PartitionFreshness,
    ReloadModelRequest,
    ReloadModelResponse,
    SetTrafficRequest,
    SetTrafficResponse,
)
from scorer.edge.methods import Lane, Method, parse
from scorer.model.holder import ModelHolder
from scorer.model.serving import ServingModel
from scorer.tail.freshness import Freshness
from scorer.validation import validate

SERVICE = admin_pb2.DESCRIPTOR.services_by_name["AdminService"].full_name


class AdminMethods:
    """Tells and changes which models serve, and tells how fresh the state is.

    Args:
        models: The models in service.
        on_loaded: Called when a reload has brought models in.
        freshness: How far the state is behind the topics; None where none is followed.
    """

    def __init__(
        self,
        models: ModelHolder,
        on_loaded: Callable[[], None],
        freshness: Freshness | None = None,
    ) -> None:
        self._models = models
        self._on_loaded = on_loaded
        self._freshness = freshness

    @property
    def methods(self) -> list[Method]:
        """The service's methods."""
        return [
            Method(SERVICE, "GetModel", self.get_model, Lane.SIDE),
            Method(SERVICE, "ReloadModel", self.reload_model, Lane.SIDE),
            Method(SERVICE, "SetTraffic", self.set_traffic, Lane.SIDE),
            Method(SERVICE, "GetFreshness", self.get_freshness, Lane.SIDE),
            # Beside Score, so that the two differ by the scoring alone.
            Method(SERVICE, "Ping", ping, Lane.HOT),
        ]

    def get_model(self, payload: bytes) -> bytes:
        """Tell which models serve."""
        parse(GetModelRequest, payload)
        return GetModelResponse(
            models=self._to_models(), challenger_percent=self._models.challenger_percent
        ).SerializeToString()

    def reload_model(self, payload: bytes) -> bytes:
        """Bring in what the aliases name now."""
        parse(ReloadModelRequest, payload)
        changed = self._models.reload()
        self._on_loaded()
        return ReloadModelResponse(changed=changed, models=self._to_models()).SerializeToString()

    def set_traffic(self, payload: bytes) -> bytes:
        """Set the challenger's share."""
        request = parse(SetTrafficRequest, payload)
        validate(request)
        self._models.set_share(request.challenger_percent, "SetTraffic")
        return SetTrafficResponse(challenger_percent=request.challenger_percent).SerializeToString()

    def get_freshness(self, payload: bytes) -> bytes:
        """Tell how far the state is behind the topics."""
        parse(GetFreshnessRequest, payload)
        if self._freshness is None:
            return GetFreshnessResponse(caught_up=True).SerializeToString()
        return to_freshness(self._freshness).SerializeToString()

    def _to_models(self) -> list[Model]:
        current = self._models.current
        return [] if current is None else [to_model(model) for model in current.models]


def ping(payload: bytes) -> bytes:
    """Do nothing; an empty message has no bytes."""
    return b""


def to_freshness(freshness: Freshness) -> GetFreshnessResponse:
    """What is known of every partition as it is told to clients."""
    return GetFreshnessResponse(
        caught_up=freshness.is_caught_up,
        partitions=[
            PartitionFreshness(
                topic=topic,
                partition=number,
                next_offset=view.next_offset,
                end_offset=view.end_offset,
                age_us=freshness.age_of(view),
                dead_letters=view.dead_letters,
            )
            for (topic, number), view in freshness.partitions().items()
        ],
    )


def to_model(model: ServingModel) -> Model:
    """A model in service as it is told to clients."""
    message = Model(
        name=model.version.name,
        version=model.version.version,
        variant=model.variant,
        contract_digest=model.contract_digest,
        model_digest=model.model_digest,
        review_threshold=model.policy.review_threshold,
        decline_threshold=model.policy.decline_threshold,
    )
    message.loaded_at.FromDatetime(model.loaded_at)
    return message
