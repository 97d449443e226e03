-- Marten's conjoined-tenancy layout; tenant_id holds the region code.
REVOKE ALL ON SCHEMA public FROM PUBLIC;
GRANT USAGE ON SCHEMA public TO escalation_app, escalation_national;

DO $$
BEGIN
    EXECUTE format('REVOKE ALL ON DATABASE %I FROM PUBLIC', current_database());
    EXECUTE format('GRANT CONNECT ON DATABASE %I TO escalation_app, escalation_national', current_database());
END
$$;

CREATE TABLE mt_streams (
    tenant_id   varchar     NOT NULL CHECK (tenant_id <> ''),
    id          uuid        NOT NULL,
    type        varchar     NOT NULL,
    version     bigint      NOT NULL CHECK (version > 0),
    timestamp   timestamptz NOT NULL,
    created     timestamptz NOT NULL,
    is_archived boolean     NOT NULL DEFAULT false,
    PRIMARY KEY (tenant_id, id)
);

CREATE SEQUENCE mt_events_sequence;

CREATE TABLE mt_events (
    seq_id         bigint       NOT NULL PRIMARY KEY,
    id             uuid         NOT NULL,
    stream_id      uuid         NOT NULL,
    version        bigint       NOT NULL CHECK (version > 0),
    data           jsonb        NOT NULL,
    bdata          bytea,
    type           varchar(500) NOT NULL,
    timestamp      timestamptz  NOT NULL,
    tenant_id      varchar      NOT NULL CHECK (tenant_id <> ''),
    mt_dotnet_type varchar,
    correlation_id varchar,
    causation_id   varchar,
    headers        jsonb,
    user_name      varchar,
    is_archived    boolean      NOT NULL DEFAULT false,
    -- What a change feed is bounded by: transactions commit out of sequence order.
    transaction_id xid8         NOT NULL DEFAULT pg_current_xact_id(),
    FOREIGN KEY (tenant_id, stream_id) REFERENCES mt_streams (tenant_id, id)
);

CREATE UNIQUE INDEX pk_mt_events_stream_and_version ON mt_events (tenant_id, stream_id, version);
ALTER SEQUENCE mt_events_sequence OWNED BY mt_events.seq_id;

-- An UPDATE that hits no row is no error, and the rest of the batch would commit: so this raises.
CREATE FUNCTION mt_move_stream(p_tenant varchar, p_stream uuid, p_expected bigint, p_version bigint, p_at timestamptz)
RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    UPDATE mt_streams SET version = p_version, timestamp = p_at
    WHERE tenant_id = p_tenant AND id = p_stream AND version = p_expected;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'The stream is not at the expected version.' USING ERRCODE = 'RE412';
    END IF;
END
$$;

ALTER TABLE mt_streams ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY region_rows ON mt_streams
    USING (tenant_id = nullif(current_setting('app.region', true), ''))
    WITH CHECK (tenant_id = nullif(current_setting('app.region', true), ''));

ALTER TABLE mt_events ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY region_rows ON mt_events
    USING (tenant_id = nullif(current_setting('app.region', true), ''))
    WITH CHECK (tenant_id = nullif(current_setting('app.region', true), ''));

-- Events are evidence: nobody updates or deletes them.
GRANT SELECT, INSERT ON mt_streams TO escalation_app;
GRANT UPDATE (version, timestamp) ON mt_streams TO escalation_app;
GRANT SELECT, INSERT ON mt_events TO escalation_app;
GRANT USAGE ON SEQUENCE mt_events_sequence TO escalation_app;
REVOKE ALL ON FUNCTION mt_move_stream FROM PUBLIC;
GRANT EXECUTE ON FUNCTION mt_move_stream TO escalation_app;
