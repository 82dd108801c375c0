"""An operator that runs one command of the platform."""

import os
from collections.abc import Sequence
from typing import Any

from airflow.providers.standard.hooks.subprocess import SubprocessHook
from airflow.sdk import BaseOperator
from airflow.sdk.exceptions import AirflowException, AirflowSkipException

from fraud_steps import variables


class FraudOperator(BaseOperator):
    """Runs ``fraud ARGUMENTS`` in the platform's own environment.

    Args:
        arguments: Of the command; templates, of which those that come out empty are left out.
        answer: Arguments of a command that ends with 0 when the work is done, with what it made in
            its last line. Asked before: a rerun finds what is there. Asked afterwards: the line is
            what the task leaves for others.
        unanswered: Exit code by which that command says that the work is still to be done.
        only_if: A template that comes out empty when there is nothing to do: the task is skipped.
        skip_on_exit_code: By which the command says that there was nothing to do.

    Raises:
        AirflowSkipException: There is nothing to do.
        AirflowException: The command ended with another exit code than 0.
    """

    template_fields: Sequence[str] = ("arguments", "answer", "only_if")

    def __init__(
        self,
        *,
        arguments: Sequence[str],
        answer: Sequence[str] = (),
        unanswered: int = 1,
        only_if: str = "always",
        skip_on_exit_code: int | None = None,
        **settings: Any,
    ) -> None:
        super().__init__(**settings)
        self.arguments = list(arguments)
        self.answer = list(answer)
        self.unanswered = unanswered
        self.only_if = only_if
        self.skip_on_exit_code = skip_on_exit_code
        self._running: SubprocessHook | None = None

    def execute(self, context: Any) -> str | None:
        """Do the work, unless it is done."""
        if not self.only_if:
            raise AirflowSkipException("there is nothing to do")
        if not self.answer:
            self.require(self.arguments)
            return None
        code, line = self.run_command(self.answer)
        if code == self.unanswered:
            self.require(self.arguments)
            return self.require(self.answer)
        if code != 0:
            raise AirflowException(f"`{told(self.answer)}` ended with exit code {code}: {line}")
        self.log.info("it is there already: %s", line)
        return line

    def require(self, arguments: Sequence[str]) -> str:
        """Run a command that has to end with 0; gives its last line."""
        code, line = self.run_command(arguments)
        if code != 0 and code == self.skip_on_exit_code:
            raise AirflowSkipException(f"there was nothing to do: {line}")
        if code != 0:
            raise AirflowException(f"`{told(arguments)}` ended with exit code {code}: {line}")
        return line

    def run_command(self, arguments: Sequence[str]) -> tuple[int, str]:
        """Run a command; gives its exit code and its last line."""
        command = [variables.read("fraud_command"), *(each for each in arguments if each)]
        self._running = SubprocessHook()
        done = self._running.run_command(
            command,
            env={**os.environ, "COLUMNS": "160"},
            cwd=variables.read("fraud_project"),
        )
        return done.exit_code, done.output

    def on_kill(self) -> None:
        """End the command when the task is stopped or out of time."""
        if self._running is not None:
            self._running.send_sigterm()  # type: ignore[no-untyped-call]


def told(arguments: Sequence[str]) -> str:
    """A command as a person would type it."""
    return " ".join(["fraud", *arguments])
