"""Every setting with its variable, kind, default and meaning: for ``fraud config`` and the docs."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from pydantic_settings import EnvSettingsSource, TomlConfigSettingsSource

from fraud.settings import Settings, config_file

type Schema = Mapping[str, Any]

_PASSWORD = re.compile(r"(?<=://)([^:/@\s]*):[^@\s]*(?=@)|\b(password)=('[^']*'|\S*)")


@dataclass(frozen=True, slots=True)
class SettingEntry:
    """One setting.

    Args:
        path: Names from the outermost section inwards.
        kind: What values it takes, such as ``integer, 0 to 65535``.
        default: As in JSON; None when it is unset by default.
        description: One sentence.
    """

    path: tuple[str, ...]
    kind: str
    default: Any
    description: str

    @property
    def name(self) -> str:
        """Such as ``scorer.port``."""
        return ".".join(self.path)

    @property
    def is_secret(self) -> bool:
        """Whether its value is never to be printed."""
        return is_secret(self.path)

    @property
    def variable(self) -> str:
        """The environment variable that sets it."""
        return variable_of(self.path)


def variable_of(path: tuple[str, ...]) -> str:
    """The environment variable of a setting.

    >>> variable_of(("scorer", "port"))
    'FRAUD_SCORER__PORT'
    """
    return f"{Settings.model_config['env_prefix']}{'__'.join(path)}".upper()


def is_secret(path: tuple[str, ...]) -> bool:
    """Whether a setting's value is never to be printed.

    >>> is_secret(("kafka", "sasl_password")), is_secret(("kafka", "sasl_username"))
    (True, False)
    """
    return path[-1:] != () and path[-1].endswith("password")


def list_settings() -> list[SettingEntry]:
    """Every setting, in the order of its definition."""
    schema = Settings.model_json_schema()
    return list(_walk(schema, schema.get("$defs", {}), ()))


def _walk(schema: Schema, sections: Schema, path: tuple[str, ...]) -> Iterator[SettingEntry]:
    for name, field in schema["properties"].items():
        inner = (*path, name)
        if "$ref" in field:
            yield from _walk(sections[field["$ref"].rsplit("/", 1)[1]], sections, inner)
        else:
            yield SettingEntry(inner, _kind(field), field.get("default"), field["description"])


def _kind(field: Schema) -> str:
    options = [option for option in field.get("anyOf", [field]) if option.get("type") != "null"]
    kind = " or ".join(_kind_of_one(option) for option in options)
    return kind if len(options) == len(field.get("anyOf", [field])) else f"{kind}; may be unset"


def _kind_of_one(option: Schema) -> str:
    if "enum" in option:
        return " or ".join(f"`{value}`" for value in option["enum"])
    least, above, most = (option.get(k) for k in ("minimum", "exclusiveMinimum", "maximum"))
    bounds = [
        f"at least {least}" if least is not None and most is None else "",
        f"above {above}" if above is not None else "",
        f"{least} to {most}" if least is not None and most is not None else "",
        f"at most {most}" if most is not None and least is None else "",
    ]
    kind = "path" if option.get("format") == "path" else option["type"]
    return ", ".join([kind, *filter(None, bounds)])


def find_source(entry: SettingEntry, environment: Schema, file: Schema) -> str:
    """Where the setting's value comes from: its variable, the file, or ``default``."""
    if _holds(environment, entry.path):
        return entry.variable
    return str(config_file()) if _holds(file, entry.path) else "default"


def read_sources() -> tuple[Schema, Schema]:
    """What the environment and the file set, each nested as the settings are."""
    return (
        EnvSettingsSource(Settings)(),
        TomlConfigSettingsSource(Settings, toml_file=config_file())(),
    )


def _holds(values: Any, path: tuple[str, ...]) -> bool:
    for name in path:
        if not isinstance(values, Mapping) or name not in values:
            return False
        values = values[name]
    return True


def masked(value: str) -> str:
    """The value with the passwords of connection strings starred out.

    >>> masked("postgresql://fraud:secret@db/fraud"), masked("host=db password=secret")
    ('postgresql://fraud:***@db/fraud', 'host=db password=***')
    """
    return _PASSWORD.sub(
        lambda found: f"{found[1]}:***" if found[1] is not None else f"{found[2]}=***", value
    )
