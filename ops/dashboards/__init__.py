"""The four dashboards as code; ``python -m ops.dashboards`` writes them as Grafana reads them."""

from typing import Final

from ops.dashboards.fraud_rate import FRAUD_RATE
from ops.dashboards.latency import LATENCY
from ops.dashboards.model import MODEL
from ops.dashboards.pipeline import PIPELINE

DASHBOARDS: Final = (FRAUD_RATE, LATENCY, PIPELINE, MODEL)
