"""Judges the recorded features again, by the scorer's own functions."""

import numpy as np

from features_rs import Contract, Store
from fraud.settings import DecisionSettings
from fraud.v1.records_pb2 import Prediction
from fraud.v1.scoring_pb2 import VARIANT_CHALLENGER
from hindsight.errors import UnexplainableError, UnreplayableError
from hindsight.library import ModelLibrary
from hindsight.replay.difference import Difference, bits, told
from scorer.decision import to_float32
from scorer.errors import InvalidRequestError, ModelError, RegistryError
from scorer.features.convert import to_event
from scorer.judge import Judgement, judge_by_model, judge_by_rules
from scorer.model.bundle import Manifest
from scorer.model.serving import ServingModel, prepare
from scorer.model.session import Rows
from scorer.model.source import CHALLENGER, CHAMPION, ModelVersion
from scorer.rules import VERSION, RuleSet


def judge_again(prediction: Prediction, library: ModelLibrary, contract: Contract) -> Judgement:
    """What the scorer decides on the recorded features, by the same model and policy.

    Raises:
        UnreplayableError: Features, model or rules are not those of this build or registry.
        RegistryError: The registry cannot be asked now.
    """
    row = _row(prediction, contract)
    if not prediction.model_digest:
        return judge_by_rules(_rules(prediction, contract), row)
    try:
        return judge_by_model(_model(prediction, library, contract), row)
    except RegistryError:
        raise
    except (ModelError, UnexplainableError) as exc:
        raise UnreplayableError(str(exc)) from exc


def features_of_event(prediction: Prediction, contract: Contract) -> tuple[Difference, ...]:
    """Features that the payment alone gives, such as its amount, where they are not as recorded.

    The others rest on the history of the payment's entities at that time, which is not kept.

    Raises:
        UnreplayableError: The payment is none that the kernel takes.
    """
    row = np.empty(len(contract.names), np.float32)
    try:
        Store().assemble(to_event(prediction.transaction), row)
    except InvalidRequestError as exc:
        raise UnreplayableError(f"the recorded payment is none: {exc}") from exc
    pairs = zip(contract.features, prediction.features, row.tolist(), strict=True)
    return tuple(
        Difference(f"feature {feature.name}", told(recorded), told(found))
        for feature, recorded, found in pairs
        if feature.window == "-" and bits(recorded) != bits(found)
    )


def _row(prediction: Prediction, contract: Contract) -> Rows:
    digest = prediction.response.contract_digest
    if digest != contract.digest:
        raise UnreplayableError(
            f"its features are of contract {digest}, this build's kernel computes "
            f"{contract.digest}: replay it with the build of that contract"
        )
    if len(prediction.features) != len(contract.names):
        raise UnreplayableError(
            f"{len(prediction.features)} features are recorded, the contract has "
            f"{len(contract.names)}"
        )
    return np.array([prediction.features], np.float32)


def _rules(prediction: Prediction, contract: Contract) -> RuleSet:
    version = prediction.response.model_version
    if version != VERSION:
        raise UnreplayableError(f"it was decided by `{version}`, this build has `{VERSION}`")
    return RuleSet(contract)


def _model(prediction: Prediction, library: ModelLibrary, contract: Contract) -> ServingModel:
    number = prediction.response.model_version
    bundle = library.bundle_that_decided(prediction.model_digest, number)
    challenges = prediction.response.variant == VARIANT_CHALLENGER
    alias = CHALLENGER if challenges else CHAMPION
    overrides = _overrides(prediction, bundle.manifest)
    # The library holds the model by its digest; the number is what it was called.
    return prepare(bundle, ModelVersion("", number), alias, contract, overrides)


def _overrides(prediction: Prediction, manifest: Manifest) -> DecisionSettings:
    """The thresholds that were applied, where they are not the version's own."""
    review, decline = prediction.review_threshold, prediction.decline_threshold
    return DecisionSettings(
        review_threshold=None if review == to_float32(manifest.review_threshold) else review,
        decline_threshold=None if decline == to_float32(manifest.decline_threshold) else decline,
    )
