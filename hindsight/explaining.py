"""Explains decisions by the trees that made them."""

from collections import OrderedDict, defaultdict
from collections.abc import Sequence
from typing import Final

import structlog

from hindsight.decided import Decided, rows_of
from hindsight.errors import UnexplainableError
from hindsight.findings import Findings, Unexplained
from hindsight.library import ModelLibrary
from hindsight.trees import TOLERANCE, Contributions, Trees
from scorer.recorder.column import Row, to_array

log = structlog.get_logger(__name__)

KEPT_MODELS: Final = 4
BY_RULES: Final = "it was decided by the rules, without a model"


class Explaining:
    """Rows of ``explanations`` for decisions; those that can have none are counted.

    Args:
        library: Where the models that decided are found.
    """

    def __init__(self, library: ModelLibrary) -> None:
        self._library = library
        self._trees: OrderedDict[str, Trees | str] = OrderedDict()

    def at(self, decisions: Sequence[Decided]) -> Findings:
        """See :class:`hindsight.session.Look`."""
        by_model: dict[str, list[Decided]] = defaultdict(list)
        for each in decisions:
            by_model[each.model_digest].append(each)
        found = Findings()
        for group in by_model.values():
            try:
                self._explain(group, found)
            except UnexplainableError as exc:
                found.unexplained.extend(Unexplained(each, str(exc)) for each in group)
        return found

    def _explain(self, group: Sequence[Decided], found: Findings) -> None:
        trees = self._trees_of(group[0])
        if any(each.contract_digest != trees.contract_digest for each in group):
            raise UnexplainableError("its features are of another contract than its model's")
        contributions = trees.explain(rows_of(group))
        errors = contributions.error.tolist()
        for number, (decided, error) in enumerate(zip(group, errors, strict=True)):
            # Written so that a NaN is not taken for an explanation.
            if error <= TOLERANCE:
                found.explanations.append(_to_row(decided, contributions, number))
            else:
                reason = f"its contributions sum up {error:.1e} beside the log odds"
                found.unexplained.append(Unexplained(decided, reason))

    def _trees_of(self, decided: Decided) -> Trees:
        """The trees that decided, from memory if they are among the last few.

        Raises:
            UnexplainableError: There are none; remembered like trees are.
            RegistryError: They cannot be fetched now; not remembered.
        """
        digest = decided.model_digest
        known = self._trees.get(digest)
        if known is None:
            known = self._trees[digest] = self._load(decided)
            if len(self._trees) > KEPT_MODELS:
                self._trees.popitem(last=False)
        self._trees.move_to_end(digest)
        if isinstance(known, str):
            raise UnexplainableError(known)
        return known

    def _load(self, decided: Decided) -> Trees | str:
        """The trees, or why there are none."""
        if not decided.model_digest:
            return BY_RULES
        version = decided.model_version
        try:
            trees = Trees(self._library.bundle_that_decided(decided.model_digest, version))
        except UnexplainableError as exc:
            log.warning("explainer.unexplainable", version=version, reason=str(exc))
            return str(exc)
        log.info("explainer.loaded", version=version)
        return trees


def _to_row(decided: Decided, contributions: Contributions, number: int) -> Row:
    return [
        decided.transaction_id,
        decided.model_digest,
        decided.model_version,
        decided.contract_digest,
        decided.decided_at,
        float(contributions.base_value[number]),
        float(contributions.margin[number]),
        to_array(contributions.features[number].tolist()),
    ]
