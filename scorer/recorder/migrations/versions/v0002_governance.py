"""Why a payment was decided so, what other versions would have said, and who changed what."""

from alembic import op

revision = "0002"
down_revision = "0001"

EXPLANATIONS = """
CREATE TABLE explanations (
    transaction_id text NOT NULL,
    model_digest text NOT NULL,
    model_version text NOT NULL,
    contract_digest text NOT NULL,
    decided_at timestamptz NOT NULL,
    base_value double precision NOT NULL,
    margin double precision NOT NULL,
    contributions real[] NOT NULL,
    explained_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (transaction_id, model_digest)
);
CREATE INDEX explanations_by_decision ON explanations (decided_at);
COMMENT ON COLUMN explanations.contributions IS
    'Of each feature to the log odds, in the order of the feature contract contract_digest.';
COMMENT ON COLUMN explanations.base_value IS
    'The log odds without any feature: with all contributions added it is margin.';
"""

UNEXPLAINED = """
CREATE TABLE unexplained (
    model_digest text PRIMARY KEY,
    model_version text NOT NULL,
    reason text NOT NULL,
    payments bigint NOT NULL,
    last_decided_at timestamptz NOT NULL
);
COMMENT ON TABLE unexplained IS
    'How many payments have no explanation, by the model that decided them, and why.';
"""

SHADOW_PREDICTIONS = """
CREATE TABLE shadow_predictions (
    transaction_id text NOT NULL,
    model_digest text NOT NULL,
    model_version text NOT NULL,
    probability real NOT NULL,
    decision text NOT NULL,
    review_threshold real NOT NULL,
    decline_threshold real NOT NULL,
    decided_at timestamptz NOT NULL,
    scored_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (transaction_id, model_digest)
);
CREATE INDEX shadow_predictions_by_version ON shadow_predictions (model_version, decided_at);
COMMENT ON COLUMN shadow_predictions.decided_at IS 'When the version in service decided.';
"""

LEDGER = """
CREATE TABLE ledger (
    entry bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    changed_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    changed_by text NOT NULL,
    model_name text NOT NULL,
    subject text NOT NULL CHECK (subject IN ('alias', 'traffic', 'policy', 'stage')),
    subject_name text NOT NULL,
    old_value text,
    new_value text,
    reason text NOT NULL,
    gate_report jsonb
);
CREATE INDEX ledger_by_subject ON ledger (model_name, subject, subject_name, changed_at);
COMMENT ON TABLE ledger IS 'Every change of what decides payments; rows are only ever added.';
CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'the ledger is append-only: % is refused', TG_OP;
END
$$;
CREATE TRIGGER ledger_is_append_only BEFORE UPDATE OR DELETE ON ledger
    FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER ledger_is_not_emptied BEFORE TRUNCATE ON ledger
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
"""

DRIFT = """
CREATE TABLE drift_reports (
    report bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    measured_at timestamptz NOT NULL DEFAULT now(),
    model_name text NOT NULL,
    model_version text NOT NULL,
    window_start timestamptz NOT NULL,
    window_end timestamptz NOT NULL,
    payments bigint NOT NULL,
    drifted boolean NOT NULL
);
CREATE TABLE drift_measures (
    report bigint NOT NULL REFERENCES drift_reports,
    subject text NOT NULL,
    test text NOT NULL,
    statistic double precision NOT NULL,
    p_value double precision,
    adjusted_p_value double precision,
    threshold double precision NOT NULL,
    drifted boolean NOT NULL,
    PRIMARY KEY (report, subject, test)
);
COMMENT ON COLUMN drift_measures.subject IS 'A feature, or `probability`, or a measure on labels.';
"""


def upgrade() -> None:
    """Only forward: an older build refuses newer tables."""
    op.execute(EXPLANATIONS)
    op.execute(UNEXPLAINED)
    op.execute(SHADOW_PREDICTIONS)
    op.execute(LEDGER)
    op.execute(DRIFT)
