-- One snapshot document per stream. Every filter is a real column: under row level security only leakproof
-- operators use an index, and those on jsonb are none.
CREATE TABLE mt_doc_contract (
    tenant_id        varchar     NOT NULL CHECK (tenant_id <> ''),
    id               uuid        NOT NULL,
    data             jsonb       NOT NULL,
    mt_last_modified timestamptz NOT NULL,
    mt_dotnet_type   varchar,
    mt_version       bigint      NOT NULL,
    number           varchar     NOT NULL,
    supplier_id      uuid        NOT NULL,
    category         varchar     NOT NULL,
    PRIMARY KEY (tenant_id, id)
);
CREATE UNIQUE INDEX mt_doc_contract_number ON mt_doc_contract (tenant_id, number);
CREATE INDEX mt_doc_contract_supplier ON mt_doc_contract (tenant_id, supplier_id);

CREATE TABLE mt_doc_supplier (
    tenant_id           varchar     NOT NULL CHECK (tenant_id <> ''),
    id                  uuid        NOT NULL,
    data                jsonb       NOT NULL,
    mt_last_modified    timestamptz NOT NULL,
    mt_dotnet_type      varchar,
    mt_version          bigint      NOT NULL,
    organisation_number varchar     NOT NULL,
    PRIMARY KEY (tenant_id, id)
);
CREATE UNIQUE INDEX mt_doc_supplier_number ON mt_doc_supplier (tenant_id, organisation_number);

CREATE TABLE mt_doc_deviation (
    tenant_id        varchar     NOT NULL CHECK (tenant_id <> ''),
    id               uuid        NOT NULL,
    data             jsonb       NOT NULL,
    mt_last_modified timestamptz NOT NULL,
    mt_dotnet_type   varchar,
    mt_version       bigint      NOT NULL,
    status           varchar     NOT NULL,
    severity         varchar,
    supplier_id      uuid        NOT NULL,
    contract_number  varchar     NOT NULL,
    case_id          uuid,
    occurred_at      timestamptz NOT NULL,
    PRIMARY KEY (tenant_id, id)
);
CREATE INDEX mt_doc_deviation_contract ON mt_doc_deviation (tenant_id, contract_number, id);
CREATE INDEX mt_doc_deviation_supplier ON mt_doc_deviation (tenant_id, supplier_id, id);
CREATE INDEX mt_doc_deviation_status ON mt_doc_deviation (tenant_id, status, id);

CREATE TABLE mt_doc_escalationcase (
    tenant_id        varchar     NOT NULL CHECK (tenant_id <> ''),
    id               uuid        NOT NULL,
    data             jsonb       NOT NULL,
    mt_last_modified timestamptz NOT NULL,
    mt_dotnet_type   varchar,
    mt_version       bigint      NOT NULL,
    step             smallint    NOT NULL CHECK (step BETWEEN 0 AND 5),
    state            varchar     NOT NULL,
    supplier_id      uuid        NOT NULL,
    contract_number  varchar     NOT NULL,
    category         varchar     NOT NULL,
    PRIMARY KEY (tenant_id, id)
);
-- R-G2: also two openings at the same instant leave one open case.
CREATE UNIQUE INDEX mt_doc_escalationcase_one_open ON mt_doc_escalationcase (tenant_id, supplier_id, contract_number) WHERE state = 'open';
CREATE INDEX mt_doc_escalationcase_step ON mt_doc_escalationcase (tenant_id, state, step, id);
CREATE INDEX mt_doc_escalationcase_supplier ON mt_doc_escalationcase (tenant_id, supplier_id, id);
CREATE INDEX mt_doc_escalationcase_contract ON mt_doc_escalationcase (tenant_id, contract_number, id);
CREATE INDEX mt_doc_escalationcase_category ON mt_doc_escalationcase (tenant_id, category, id);
CREATE INDEX mt_doc_escalationcase_modified ON mt_doc_escalationcase (tenant_id, mt_last_modified);

-- The first answer to a command, for retries within 24 hours.
CREATE TABLE idempotency_keys (
    tenant_id    varchar     NOT NULL CHECK (tenant_id <> ''),
    client_id    varchar     NOT NULL,
    key          varchar     NOT NULL,
    request_hash bytea       NOT NULL,
    status       smallint    NOT NULL,
    location     varchar,
    etag         varchar,
    body         text        NOT NULL,
    created_at   timestamptz NOT NULL,
    PRIMARY KEY (tenant_id, client_id, key)
);
CREATE INDEX idempotency_keys_created ON idempotency_keys (tenant_id, created_at);

DO $$
DECLARE t text;
BEGIN
    FOREACH t IN ARRAY ARRAY['mt_doc_contract', 'mt_doc_supplier', 'mt_doc_deviation', 'mt_doc_escalationcase', 'idempotency_keys'] LOOP
        EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY', t);
        EXECUTE format($p$CREATE POLICY region_rows ON %I
            USING (tenant_id = nullif(current_setting('app.region', true), ''))
            WITH CHECK (tenant_id = nullif(current_setting('app.region', true), ''))$p$, t);
    END LOOP;
END
$$;

GRANT SELECT, INSERT, UPDATE ON mt_doc_contract, mt_doc_supplier, mt_doc_deviation, mt_doc_escalationcase TO escalation_app;
GRANT SELECT, INSERT, DELETE ON idempotency_keys TO escalation_app;
