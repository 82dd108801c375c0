"""Errors from elsewhere, in words for the person who typed the command."""

import tomllib
from difflib import get_close_matches
from typing import Final

import pydantic
import pydantic_settings
from pydantic_core import ErrorDetails

from fraud.cli.errors import CommandError, SettingsError
from fraud.cli.setting_list import is_secret, list_settings, masked, variable_of
from fraud.errors import LocalServiceError, MissingExtraError
from fraud.settings import Settings, config_file
from messaging.errors import BrokerAwayError, MessagingError, UnknownLetterError

EXTRAS: Final = {
    "alembic": "recorder",
    "confluent_kafka": "stream",
    "deltalake": "spark",
    "mlflow": "training",
    "psycopg": "recorder",
    "pyarrow": "simulator",
    "pyspark": "spark",
    "sklearn": "training",
    "xgboost": "training",
}
"""Which extra brings a package that a command imports."""


def explain(error: Exception) -> CommandError | None:
    """The error as a person should read it, or None when it is a fault of the program."""
    if isinstance(error, ModuleNotFoundError):
        error = _missing_extra(error)
    match error:
        case CommandError():
            return error
        case pydantic.ValidationError() if error.title == Settings.__name__:
            return _explain_details(error.errors(include_url=False)[0])
        case tomllib.TOMLDecodeError():
            return SettingsError(
                f"Failed to read `{config_file()}`: {error}",
                "`fraud config --toml` prints a file to start from",
            )
        case pydantic_settings.SettingsError():
            return SettingsError(f"Failed to read settings: {error}")
        case BrokerAwayError():
            return CommandError(str(error), "`fraud kafka status` says whether a local one runs")
        case UnknownLetterError():
            return CommandError(str(error), "`fraud dlq list` prints the keys")
        case MessagingError() | LocalServiceError():
            return CommandError(str(error))
        case _:
            return None


def _missing_extra(error: ModuleNotFoundError) -> Exception:
    """The error as one that names the extra, where an extra brings the package."""
    extra = EXTRAS.get((error.name or "").partition(".")[0])
    return error if extra is None else MissingExtraError(str(error.name), extra)


def _explain_details(details: ErrorDetails) -> SettingsError:
    path = tuple(str(part) for part in details["loc"])
    name = ".".join(path)
    if details["type"] == "extra_forbidden":
        return SettingsError(
            f"Failed to read setting `{name}`: there is no such setting", _near(name)
        )
    reason = details["msg"].removeprefix("Input ").removeprefix("Value error, ")
    return SettingsError(
        f"Failed to read setting `{name}`: value `{_shown(path, details)}` {reason}",
        f"set {variable_of(path)}, or `{name}` in {config_file()}",
    )


def _shown(path: tuple[str, ...], details: ErrorDetails) -> str:
    return "***" if is_secret(path) else masked(str(details["input"]))


def _near(name: str) -> str:
    names = [entry.name for entry in list_settings()]
    near = get_close_matches(name, names, n=1)
    return f"did you mean `{near[0]}`?" if near else "`fraud config` prints every setting"
