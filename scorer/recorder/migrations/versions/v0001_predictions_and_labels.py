"""Decisions, labels, what could not be recorded, and how far each outbox is."""

from alembic import op

revision = "0001"
down_revision = None

PREDICTIONS = """
CREATE TABLE predictions (
    transaction_id text NOT NULL,
    account_id text NOT NULL,
    merchant_id text NOT NULL,
    category text NOT NULL,
    amount_minor bigint NOT NULL,
    currency text NOT NULL,
    event_time timestamptz NOT NULL,
    channel text NOT NULL,
    entry_mode text NOT NULL,
    country text,
    latitude double precision,
    longitude double precision,
    device_id text,
    ip_prefix text,
    utc_offset_minutes integer,
    decision text NOT NULL,
    probability real NOT NULL,
    risk_score bigint NOT NULL,
    reason_codes text[] NOT NULL,
    reason_weights real[] NOT NULL,
    model_version text NOT NULL,
    variant text NOT NULL,
    model_digest text NOT NULL,
    contract_digest text NOT NULL,
    review_threshold real NOT NULL,
    decline_threshold real NOT NULL,
    features real[] NOT NULL,
    degraded boolean NOT NULL,
    late boolean NOT NULL,
    latency_us bigint NOT NULL,
    decided_at timestamptz NOT NULL,
    prediction bytea NOT NULL,
    recorded_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (transaction_id, decided_at)
) PARTITION BY RANGE (decided_at);
CREATE INDEX predictions_by_account ON predictions (account_id, event_time);
COMMENT ON COLUMN predictions.features IS 'In the order of the feature contract contract_digest.';
COMMENT ON COLUMN predictions.latency_us IS 'In the server, without the append to the outbox.';
COMMENT ON COLUMN predictions.prediction IS 'The serialized fraud.v1.Prediction.';
"""

LABELS = """
CREATE TABLE labels (
    transaction_id text NOT NULL,
    fraud boolean NOT NULL,
    kind text NOT NULL,
    happened_at timestamptz NOT NULL,
    known_at timestamptz NOT NULL,
    source text NOT NULL,
    label bytea NOT NULL,
    label_digest bytea NOT NULL,
    recorded_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (transaction_id, known_at, label_digest)
);
CREATE INDEX labels_by_known_at ON labels (known_at);
COMMENT ON TABLE labels IS 'All that was ever said of payments; nothing is overwritten.';
CREATE VIEW current_labels AS
    SELECT DISTINCT ON (transaction_id)
        transaction_id, fraud, kind, happened_at, known_at, source
    FROM labels
    ORDER BY transaction_id, known_at DESC, recorded_at DESC;
COMMENT ON VIEW current_labels IS 'What stands of each payment: the label that was known last.';
"""

REJECTED_ENTRIES = """
CREATE TABLE rejected_entries (
    outbox_identity text NOT NULL,
    seq bigint NOT NULL,
    kind text NOT NULL,
    entry_key text NOT NULL,
    reason text NOT NULL,
    payload bytea NOT NULL,
    appended_at timestamptz NOT NULL,
    rejected_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (outbox_identity, seq)
);
"""

RECORDER_POSITIONS = """
CREATE TABLE recorder_positions (
    outbox_identity text PRIMARY KEY,
    seq bigint NOT NULL,
    updated_at timestamptz NOT NULL DEFAULT now()
);
"""


def upgrade() -> None:
    """Only forward: an older build refuses newer tables."""
    op.execute(PREDICTIONS)
    op.execute(LABELS)
    op.execute(REJECTED_ENTRIES)
    op.execute(RECORDER_POSITIONS)
