"""Every setting of the platform, typed, in one place.

A setting comes from, in this order: an environment variable (``FRAUD_SCORER__PORT``), the TOML
file named by ``FRAUD_CONFIG`` (``fraud.toml`` in the working directory unless set), the default
written here. ``fraud config`` prints each with its source.
"""

import os
from functools import cached_property
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field
from pydantic_settings import (
    BaseSettings,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
    TomlConfigSettingsSource,
)


class Section(BaseModel):
    """A group of settings; immutable, and an unknown name is an error."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class MeteredSection(Section):
    """Of a process that has a page for Prometheus."""

    metrics_host: str = Field(
        "127.0.0.1", description="Address that the Prometheus endpoint listens on."
    )
    metrics_port: int = Field(
        0, ge=0, le=65535, description="Port of the Prometheus endpoint; 0 opens none."
    )


class ScorerSettings(MeteredSection):
    host: str = Field("127.0.0.1", description="Address that the gRPC server listens on.")
    port: int = Field(50051, ge=0, le=65535, description="Port; 0 takes a free one.")
    edge: Literal["threads", "aio", "native"] = Field(
        "native", description="Which gRPC server runs; 'native' also scores without Python."
    )
    threads: int = Field(
        2, ge=1, le=64, description="Worker threads of the 'threads' and the 'native' edge."
    )
    max_concurrent_calls: int = Field(
        256, ge=1, description="Calls in flight; one more gets RESOURCE_EXHAUSTED at once."
    )
    max_message_bytes: int = Field(262_144, ge=1024, description="Largest request taken.")
    shutdown_seconds: float = Field(
        4.0, gt=0, le=60, description="How long calls in flight may take to finish at shutdown."
    )
    degrade: Literal["off", "rules"] = Field(
        "off", description="'rules' answers by rules alone, flagged, when no model can score."
    )
    tls_certificate: Path | None = Field(None, description="PEM chain; TLS is on when set.")
    tls_key: Path | None = Field(None, description="PEM private key of the certificate.")
    snapshot_seconds: float = Field(
        60.0, gt=0, description="How often the feature state is written to disk."
    )
    max_streams: int = Field(
        16, ge=1, le=256, description="ScoreStream calls open at once; each takes a thread."
    )
    label_days: float = Field(
        120.0, gt=0, description="How long after a payment its label can still be joined with it."
    )


class OutboxSettings(Section):
    synchronous: Literal["normal", "full"] = Field(
        "normal",
        description="'normal' survives a killed process, 'full' also a power cut (one fsync each).",
    )
    retention_hours: float = Field(
        48.0, gt=0, description="How long a recorded decision is kept for repeated requests."
    )


class RegistrySettings(Section):
    url: str = Field("http://127.0.0.1:5050", description="The MLflow server.")
    model_name: str = Field("fraud", description="The registered model that is served.")
    timeout_seconds: float = Field(5.0, gt=0, description="Limit of one call to the registry.")
    directory: Path | None = Field(
        None, description="Folder of model bundles by alias, in place of the server when set."
    )
    poll_seconds: float = Field(
        5.0, gt=0, description="How often the scorer asks whether an alias has moved."
    )
    webhook_host: str = Field("127.0.0.1", description="Address that webhooks are taken at.")
    webhook_port: int | None = Field(
        None, ge=0, le=65535, description="Port of MLflow's webhooks; unset, none are taken."
    )
    webhook_url: str | None = Field(
        None, description="What the server calls; unset, the address and port above."
    )
    webhook_password: str | None = Field(
        None, description="Secret that webhooks are signed with (HMAC); needed with a port."
    )


class DecisionSettings(Section):
    review_threshold: float | None = Field(
        None, ge=0, le=1, description="Overrides the model version's own review threshold."
    )
    decline_threshold: float | None = Field(
        None, ge=0, le=1, description="Overrides the model version's own decline threshold."
    )
    challenger_percent: int = Field(
        0, ge=0, le=100, description="Share of accounts that the challenger decides."
    )


class RecorderSettings(Section):
    dsn: str | None = Field(
        None, description="PostgreSQL to record into; unset starts the embedded one."
    )
    batch_rows: int = Field(500, ge=1, le=10_000, description="Rows recorded in one transaction.")
    poll_seconds: float = Field(0.05, gt=0, description="Wait between looks at an empty outbox.")


class HindsightSettings(MeteredSection):
    enabled: bool = Field(
        False, description="The outbox keeps decisions until `fraud explain` is through with them."
    )
    alias_seconds: float = Field(
        5.0, gt=0, description="How often `fraud explain` asks which versions are shadows."
    )
    maturity_hours: float = Field(
        168.0, gt=0, description="After so long without a label, a payment counts as genuine."
    )
    quality_seconds: float = Field(
        60.0, gt=0, description="How often precision, recall and the like are counted anew."
    )


class KafkaSettings(Section):
    bootstrap_servers: str | None = Field(
        None, description="Brokers, `host:port` with commas between; unset, nothing streams."
    )
    topic_prefix: str = Field("", description="Put before every topic's name.")
    security_protocol: Literal["PLAINTEXT", "SSL", "SASL_PLAINTEXT", "SASL_SSL"] = Field(
        "PLAINTEXT", description="How brokers are spoken to."
    )
    ssl_ca: Path | None = Field(None, description="PEM certificates that brokers are trusted by.")
    ssl_certificate: Path | None = Field(None, description="PEM certificate shown to brokers.")
    ssl_key: Path | None = Field(None, description="PEM private key of the certificate.")
    sasl_mechanism: Literal["PLAIN", "SCRAM-SHA-256", "SCRAM-SHA-512"] = Field(
        "SCRAM-SHA-512", description="How the name and the password are shown."
    )
    sasl_username: str | None = Field(None, description="Name shown to brokers.")
    sasl_password: str | None = Field(None, description="Password shown to brokers.")
    compression: Literal["zstd", "lz4"] = Field("zstd", description="Of what is produced.")
    registry_url: str | None = Field(
        None, description="Confluent Schema Registry; unset, messages are not framed for one."
    )


class WorkerSettings(MeteredSection):
    scorers: list[str] = Field(
        [], description="Scorers, `host:port`; an account always goes to the same one."
    )
    group: str = Field("fraud-worker", description="Consumer group of all workers.")
    in_flight: int = Field(32, ge=1, le=1024, description="Calls under way at once, at most.")
    session_ms: int = Field(
        900, ge=500, le=60_000, description="After so long without a sign, a worker is replaced."
    )


class SparkSettings(MeteredSection):
    master: str = Field("local[2]", description="Where Spark runs; spark-submit's own wins.")
    lake: Path | None = Field(None, description="Folder of the lake; unset, `lake` in `home`.")
    checkpoint: Path | None = Field(
        None, description="Folder of the checkpoints; unset, `spark` in `home`."
    )


class MonitoringSettings(Section):
    prometheus_port: int = Field(
        9090, ge=1, le=65535, description="Where the stack's Prometheus listens."
    )
    alertmanager_port: int = Field(
        9093, ge=1, le=65535, description="Where the stack's Alertmanager listens."
    )
    alert_receiver: str = Field(
        "http://127.0.0.1:9095", description="What alerts are posted to, at `/page` and `/ticket`."
    )
    dashboards_port: int = Field(
        3000, ge=1, le=65535, description="Where the stack's dashboards are served."
    )


class AirflowSettings(MeteredSection):
    port: int = Field(8080, ge=1, le=65535, description="Of the page and the API of the stack's.")
    statsd_port: int = Field(
        9125, ge=1, le=65535, description="UDP port of what turns its metrics into a page."
    )
    task_retry_seconds: float = Field(
        300.0, gt=0, description="Wait before a failed task is tried again, doubled each time."
    )
    drift_minutes: int | None = Field(
        None,
        ge=1,
        le=30,
        description="How often drift is measured, of days of the payments' own time, as the stack "
        "does every 5; unset, it is at night, of ours.",
    )


class TracingSettings(Section):
    endpoint: str | None = Field(
        None, description="OTLP collector (gRPC), `http://host:4317`; unset, nothing is traced."
    )
    ratio: float = Field(
        0.01,
        ge=0,
        le=1,
        description="Share of calls traced; a caller that sends `traceparent` decides itself.",
    )


class StackSettings(Section):
    airflow: bool = Field(True, description="Whether Airflow is part of it.")
    rate: float = Field(100.0, ge=1, le=10_000, description="Payments a second that are produced.")
    customers: int = Field(
        3_000, ge=100, le=1_000_000, description="Accounts of the stack's world, when it is made."
    )


class LoggingSettings(Section):
    level: Literal["debug", "info", "warning", "error"] = Field("info", description="Least level.")
    format: Literal["json", "console"] = Field("json", description="Form of a log line.")


class Settings(BaseSettings):
    """All settings. Build it with :func:`load_settings`."""

    model_config = SettingsConfigDict(
        env_prefix="FRAUD_", env_nested_delimiter="__", extra="forbid", frozen=True
    )

    home: Path = Field(Path(".fraud"), description="Folder of everything that is written.")
    scorer: ScorerSettings = ScorerSettings()
    outbox: OutboxSettings = OutboxSettings()
    registry: RegistrySettings = RegistrySettings()
    decision: DecisionSettings = DecisionSettings()
    recorder: RecorderSettings = RecorderSettings()
    hindsight: HindsightSettings = HindsightSettings()
    kafka: KafkaSettings = KafkaSettings()
    worker: WorkerSettings = WorkerSettings()
    spark: SparkSettings = SparkSettings()
    monitoring: MonitoringSettings = MonitoringSettings()
    airflow: AirflowSettings = AirflowSettings()
    tracing: TracingSettings = TracingSettings()
    stack: StackSettings = StackSettings()
    logging: LoggingSettings = LoggingSettings()

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Environment over file over default; arguments over all, for tests."""
        toml = TomlConfigSettingsSource(settings_cls, toml_file=config_file())
        return init_settings, env_settings, toml

    @cached_property
    def outbox_path(self) -> Path:
        """The scorer's durable log of decisions and labels (SQLite)."""
        return self.home / "scorer" / "outbox.sqlite"

    @cached_property
    def payments_path(self) -> Path:
        """What late labels need of their payments (SQLite)."""
        return self.home / "scorer" / "payments.sqlite"

    @cached_property
    def port_file(self) -> Path:
        """The port that the running scorer listens on."""
        return self.home / "scorer" / "port"

    @cached_property
    def snapshot_path(self) -> Path:
        """The scorer's feature state as last saved."""
        return self.home / "scorer" / "state.bin"

    @cached_property
    def model_cache(self) -> Path:
        """Model bundles that have served, by registry version."""
        return self.home / "scorer" / "models"

    @cached_property
    def postgres_dir(self) -> Path:
        """Data of the embedded PostgreSQL."""
        return self.home / "postgres"

    @cached_property
    def kafka_dir(self) -> Path:
        """Data of the local Kafka broker."""
        return self.home / "kafka"

    @cached_property
    def lake_dir(self) -> Path:
        """The lake: every payment once, by event date."""
        return self.spark.lake or self.home / "lake"

    @cached_property
    def checkpoint_dir(self) -> Path:
        """Where the streaming queries keep their offsets and states."""
        return self.spark.checkpoint or self.home / "spark"

    @cached_property
    def mlflow_dir(self) -> Path:
        """Data of the embedded MLflow server."""
        return self.home / "mlflow"


def config_file() -> Path:
    """The TOML file that settings are read from; it need not exist."""
    return Path(os.environ.get("FRAUD_CONFIG", "fraud.toml"))


def load_settings() -> Settings:
    """Read all settings.

    Raises:
        pydantic.ValidationError: A name is unknown or a value out of range.
    """
    return Settings()
