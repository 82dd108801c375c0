"""An operator that tells how a run ended."""

from collections.abc import Sequence
from typing import Any

from airflow.sdk import BaseOperator

from fraud_steps import alert


class NoticeOperator(BaseOperator):
    """Tells people of a run, where alerts are told too.

    Args:
        event: What happened; a template.
        facts: What else to tell, by name; templates.
    """

    template_fields: Sequence[str] = ("event", "facts")

    def __init__(self, *, event: str, facts: dict[str, str], **settings: Any) -> None:
        super().__init__(**settings)
        self.event = event
        self.facts = facts

    def execute(self, context: Any) -> None:
        """Tell."""
        alert.tell(self.event, context, **self.facts)
