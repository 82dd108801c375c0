"""The Spark session: settings in, a session with the platform's tuning out."""

import os
import sys
from collections.abc import Iterable, Mapping

from pyspark import SparkConf, SparkContext
from pyspark.sql import SparkSession

from fraud.settings import Settings
from spark_stream import tuning


def open_session(
    settings: Settings, name: str, overrides: Mapping[str, str] | None = None
) -> SparkSession:
    """Start Spark, or join what ``spark-submit`` started.

    What ``spark-submit`` was told wins over everything here, its ``--master`` too.

    Args:
        settings: Where Spark runs and keeps its files.
        name: Of the application; one word.
        overrides: Settings of Spark over those of :mod:`spark_stream.tuning`.
    """
    os.environ.setdefault("PYSPARK_PYTHON", sys.executable)
    os.environ.setdefault("PYSPARK_DRIVER_PYTHON", sys.executable)
    submitted = _submitted()
    config = {
        "spark.master": settings.spark.master,
        **_values(tuning.SESSION),
        **_values(tuning.MEMORY),
        "spark.driver.extraJavaOptions": tuning.JAVA_OPTIONS,
        "spark.executor.extraJavaOptions": tuning.JAVA_OPTIONS,
        **(overrides or {}),
    }
    if submitted.get("spark.master", config["spark.master"]).startswith("local"):
        config |= _local(settings, name)
    # Under spark-submit the driver runs already, and can only be given jars by its `--jars`.
    if not submitted and "spark.jars" not in config:
        config["spark.jars"] = kafka_jars()
    builder = SparkSession.builder.appName(submitted.get("spark.app.name", name))
    for key in config.keys() - submitted.keys():
        builder = builder.config(key, config[key])
    return builder.getOrCreate()


def _values(settings: Iterable[tuning.Tuned]) -> dict[str, str]:
    return {setting.name: setting.value for setting in settings}


def _submitted() -> dict[str, str]:
    """What ``spark-submit`` set before it started this program; empty without it."""
    if "PYSPARK_GATEWAY_PORT" not in os.environ:
        return {}
    SparkContext._ensure_initialized()  # noqa: SLF001 - else the configuration is not read
    return dict(SparkConf().getAll())


def _local(settings: Settings, name: str) -> dict[str, str]:
    """What holds when driver and executor are this machine's one process."""
    return {
        "spark.driver.host": "127.0.0.1",
        "spark.driver.bindAddress": "127.0.0.1",
        # A process that is killed leaves its files; here the next of that name clears them.
        "spark.local.dir": str((settings.checkpoint_dir / "scratch" / name).absolute()),
        "spark.sql.warehouse.dir": str((settings.checkpoint_dir / "warehouse").absolute()),
    }


def kafka_jars() -> str:
    """Paths, with commas between, of what Spark needs to speak to Kafka; fetched when not there.

    Raises:
        JarError: They cannot be fetched.
    """
    from fraud.local.java import resolve_jars

    return ",".join(str(path) for path in sorted(resolve_jars("spark").glob("*.jar")))
