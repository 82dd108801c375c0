"""A model in service, complete and immutable: replaced, never changed."""

import hashlib
from dataclasses import dataclass, field
from datetime import UTC, datetime

from features_rs import Contract
from fraud.settings import DecisionSettings
from fraud.v1.scoring_pb2 import VARIANT_CHALLENGER, VARIANT_CHAMPION, Variant
from scorer.decision import DecisionPolicy
from scorer.model.bundle import ModelBundle
from scorer.model.reasons import Explainer
from scorer.model.session import ModelSession
from scorer.model.source import CHALLENGER, ModelVersion
from scorer.model.verify import verify_golden_rows


@dataclass(frozen=True, slots=True)
class ServingModel:
    """A verified model with its policy."""

    version: ModelVersion
    variant: Variant.ValueType
    model_digest: str
    contract_digest: str
    session: ModelSession
    explainer: Explainer
    policy: DecisionPolicy
    loaded_at: datetime
    bundle: ModelBundle = field(compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class ModelSet:
    """The models that serve at one time."""

    champion: ServingModel
    challenger: ServingModel | None

    @property
    def models(self) -> list[ServingModel]:
        """The champion, then the challenger if there is one."""
        return [self.champion] if self.challenger is None else [self.champion, self.challenger]

    def choose(self, account_id: str, challenger_percent: int) -> ServingModel:
        """The model that decides for an account; the same one for as long as a challenger is."""
        if (
            self.challenger is not None
            and challenger_percent > 0
            and bucket_of(account_id, self.challenger.version) < challenger_percent
        ):
            return self.challenger
        return self.champion


def bucket_of(account_id: str, challenger: ModelVersion) -> int:
    """A bucket of 0 to 99, the same for an account in every process and on every machine.

    An experiment is one challenger version: an account keeps its bucket while that version is on
    trial, whatever the champion, and the next one is tried on accounts drawn anew. Raising the
    share moves accounts to the challenger and none away from it.
    """
    experiment = f"{challenger.name}/{challenger.version}:{account_id}"
    digest = hashlib.blake2b(experiment.encode(), digest_size=8).digest()
    return int.from_bytes(digest) % 100


def variant_of(alias: str) -> Variant.ValueType:
    """What a version is called that decides under an alias."""
    return VARIANT_CHALLENGER if alias == CHALLENGER else VARIANT_CHAMPION


def prepare(
    bundle: ModelBundle,
    version: ModelVersion,
    alias: str,
    contract: Contract,
    settings: DecisionSettings,
) -> ServingModel:
    """Load, verify and warm up a bundle.

    Raises:
        ModelError: It may not serve; the subclass and the message say why.
    """
    bundle.verify_contract(contract)
    session = ModelSession(bundle.model)
    verify_golden_rows(bundle, session)
    manifest = bundle.manifest
    own = DecisionPolicy(manifest.review_threshold, manifest.decline_threshold)
    return ServingModel(
        version=version,
        variant=variant_of(alias),
        model_digest=manifest.model_sha256,
        contract_digest=manifest.contract_digest,
        session=session,
        explainer=Explainer(session, contract, bundle.reference),
        policy=own.overridden_by(settings),
        loaded_at=datetime.now(UTC),
        bundle=bundle,
    )
