"""An operator that goes on by what a command says."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from airflow.sdk import BranchMixIn
from airflow.sdk.exceptions import AirflowException

from fraud_steps.command import FraudOperator, told

BRANCH: Final = "branch"
"""Key under which the task that was chosen is left for others."""


class FraudBranchOperator(FraudOperator, BranchMixIn):
    """Runs ``fraud ARGUMENTS``; its exit code chooses which task follows, the others are skipped.

    Args:
        arguments: Of the command; templates.
        branches: Exit code -> task.

    Raises:
        AirflowException: The command ended with an exit code that is none of these.
    """

    inherits_from_skipmixin = True

    def __init__(
        self, *, arguments: Sequence[str], branches: Mapping[int, str], **settings: Any
    ) -> None:
        super().__init__(arguments=arguments, **settings)
        self.branches = dict(branches)

    def execute(self, context: Any) -> Any:
        """Ask, and choose."""
        code, line = self.run_command(self.arguments)
        if code not in self.branches:
            raise AirflowException(f"`{told(self.arguments)}` ended with exit code {code}: {line}")
        # What skips tasks ends this one before a value could be returned.
        context["ti"].xcom_push(key=BRANCH, value=self.branches[code])
        return self.do_branch(context, self.branches[code])
