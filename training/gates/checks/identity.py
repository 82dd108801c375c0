"""That a model is what it says it is."""

from datetime import date

from features_rs import contract
from scorer.errors import ModelError
from scorer.model.bundle import ModelBundle
from scorer.model.session import ModelSession
from scorer.model.verify import verify_golden_rows
from training.datasets.period import Period
from training.errors import SplitError
from training.gates.report import GateRow


def contract_row(candidate: ModelBundle) -> GateRow:
    """Its features are those of this build, in this order."""
    try:
        candidate.verify_contract(contract())
    except ModelError as exc:
        return GateRow.refusing("contract", str(exc))
    return GateRow.passing("contract", f"feature contract {contract().digest[:12]}")


def golden_rows_row(candidate: ModelBundle) -> GateRow:
    """It gives the probabilities that the trained model gave."""
    try:
        verify_golden_rows(candidate, ModelSession(candidate.model))
    except ModelError as exc:
        return GateRow.refusing("golden_rows", str(exc))
    return GateRow.passing("golden_rows", f"{len(candidate.golden_rows)} rows as they were trained")


def unseen_row(candidate: ModelBundle, holdout: Period) -> GateRow:
    """By its manifest it was trained on days before the holdout."""
    name, told = "holdout_unseen", candidate.manifest.training.get("train")
    if told is None:
        return GateRow.refusing(name, "the manifest does not say which days it was trained on")
    return _days_row(name, str(told), holdout)


def champion_row(champion: ModelBundle | None, holdout: Period) -> GateRow:
    """Neither was the champion trained on it: what it knows by heart nobody can beat."""
    name = "champion_unseen"
    if champion is None:
        return GateRow.skipping(name, "there is no champion")
    told = champion.manifest.training.get("train")
    if told is None:
        return GateRow.skipping(name, "the champion's manifest tells no training days")
    return _days_row(name, str(told), holdout)


def _days_row(name: str, told: str, holdout: Period) -> GateRow:
    try:
        last: date = Period.parse(told).last
    except SplitError as exc:
        return GateRow.refusing(name, f"the manifest's training days cannot be read: {exc}")
    days = (holdout.first - last).days
    detail = f"trained on {told}, the holdout is {holdout}: {days} days after its last day"
    return GateRow.at_least(name, days, 1, detail)
