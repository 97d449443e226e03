-- Suppliers become streams like everything else: who was called what, when, is evidence too.
ALTER TABLE mt_doc_supplier NO FORCE ROW LEVEL SECURITY;
ALTER TABLE mt_streams NO FORCE ROW LEVEL SECURITY;
ALTER TABLE mt_events NO FORCE ROW LEVEL SECURITY;
INSERT INTO mt_streams (tenant_id, id, type, version, timestamp, created)
SELECT tenant_id, id, 'supplier', 1, mt_last_modified, mt_last_modified FROM mt_doc_supplier;
INSERT INTO mt_events (seq_id, id, stream_id, version, data, type, timestamp, tenant_id, user_name)
SELECT nextval('mt_events_sequence'), gen_random_uuid(), s.id, 1,
    jsonb_build_object('at', to_char(s.mt_last_modified AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US+00:00'), 'supplierId', s.id,
        'organisationNumber', s.organisation_number, 'content', jsonb_build_object('name', s.data ->> 'name', 'ceased', false)),
    'supplier-synchronised.v1', s.mt_last_modified, s.tenant_id, 'region-escalation'
FROM mt_doc_supplier s ORDER BY s.mt_last_modified, s.tenant_id, s.id;
UPDATE mt_doc_supplier SET mt_version = 1;

-- Sorted as in Swedish: å, ä and ö after z.
ALTER TABLE mt_doc_supplier ADD COLUMN name varchar COLLATE "sv-x-icu";
UPDATE mt_doc_supplier SET name = data ->> 'name';
ALTER TABLE mt_doc_supplier ALTER name SET NOT NULL;
CREATE INDEX mt_doc_supplier_name ON mt_doc_supplier (tenant_id, name, id);
ALTER TABLE mt_doc_supplier FORCE ROW LEVEL SECURITY;
ALTER TABLE mt_streams FORCE ROW LEVEL SECURITY;
ALTER TABLE mt_events FORCE ROW LEVEL SECURITY;

ALTER TABLE mt_doc_contract NO FORCE ROW LEVEL SECURITY;
ALTER TABLE mt_doc_contract ADD COLUMN title varchar COLLATE "sv-x-icu", ADD COLUMN valid_from date, ADD COLUMN valid_until date, ADD COLUMN ended boolean NOT NULL DEFAULT false, ADD COLUMN social_clause boolean;
UPDATE mt_doc_contract SET title = data -> 'content' ->> 'title', valid_until = (data -> 'content' ->> 'validUntil')::date;
ALTER TABLE mt_doc_contract ALTER title SET NOT NULL;
CREATE INDEX mt_doc_contract_valid ON mt_doc_contract (tenant_id, valid_until);
CREATE INDEX mt_doc_contract_ended ON mt_doc_contract (tenant_id, ended, number);
CREATE INDEX mt_doc_contract_social ON mt_doc_contract (tenant_id, social_clause, number);
ALTER TABLE mt_doc_contract FORCE ROW LEVEL SECURITY;

-- What suppliers and contracts are found by: the words of their names and groups, their numbers, and their CPV codes; a sole trader has no number here. Under row level security only comparisons use an index, so a word is
-- found by its beginning.
CREATE TABLE catalogue_words (
    tenant_id varchar                NOT NULL CHECK (tenant_id <> ''),
    -- supplier, group, number, contract or cpv
    kind      varchar                NOT NULL,
    word      varchar COLLATE "C"    NOT NULL,
    object_id uuid                   NOT NULL,
    PRIMARY KEY (tenant_id, kind, word, object_id)
);
CREATE INDEX catalogue_words_object ON catalogue_words (tenant_id, object_id);

-- An import of contracts and suppliers: first its rows are taken in, each checked; then they are applied, in the order of the queue, one import of a region at a time.
CREATE TABLE catalogue_imports (
    tenant_id         varchar     NOT NULL CHECK (tenant_id <> ''),
    id                uuid        NOT NULL,
    -- push or pull
    origin            varchar     NOT NULL,
    -- ndjson, csv or pages
    format            varchar     NOT NULL,
    -- perRow or allOrNothing
    mode              varchar     NOT NULL,
    -- partial or snapshot
    extent            varchar     NOT NULL,
    -- receiving, queued, applying, awaitingConfirmation, finished, refused, cancelled or abandoned
    state             varchar     NOT NULL,
    reason            varchar,
    client_id         varchar     NOT NULL,
    created_at        timestamptz NOT NULL,
    updated_at        timestamptz NOT NULL,
    queued_at         timestamptz,
    started_at        timestamptz,
    finished_at       timestamptz,
    -- Rows as they were received: accepted ones wait among the rows, the others are rejected.
    rows_received     bigint      NOT NULL DEFAULT 0,
    rows_rejected     bigint      NOT NULL DEFAULT 0,
    rows_duplicate    bigint      NOT NULL DEFAULT 0,
    -- How far they are applied: everything up to this line, and what became of it.
    applied_line      bigint      NOT NULL DEFAULT 0,
    rows_added        bigint      NOT NULL DEFAULT 0,
    rows_changed      bigint      NOT NULL DEFAULT 0,
    rows_unchanged    bigint      NOT NULL DEFAULT 0,
    -- Of a snapshot: how many contracts it leaves out, of how many that the region had when it began to be applied, and how many of them are ended by now.
    missing_contracts bigint,
    known_contracts   bigint,
    contracts_ended   bigint      NOT NULL DEFAULT 0,
    -- The first numbers of those it leaves out.
    missing_numbers   varchar[]   NOT NULL DEFAULT '{}',
    -- How far they are ended: everything up to this number.
    ended_number      varchar     NOT NULL DEFAULT '',
    -- The function that decided that they are ended although they are many, when, why, and with whose token.
    confirmed_by         varchar,
    confirmed_at         timestamptz,
    confirmed_motivation varchar,
    confirmed_client     varchar,
    cancelled_by         varchar,
    cancelled_motivation varchar,
    cancelled_client     varchar,
    -- When what it was made of was removed.
    rows_removed_at      timestamptz,
    rejects_removed_at   timestamptz,
    -- Which host receives or applies it, until when, by the database's clock.
    lease_holder      uuid,
    lease_until       timestamptz,
    PRIMARY KEY (tenant_id, id)
);
CREATE UNIQUE INDEX catalogue_imports_one_at_a_time ON catalogue_imports (tenant_id) WHERE state = 'applying';
CREATE INDEX catalogue_imports_under_way ON catalogue_imports (tenant_id, queued_at, id) WHERE state IN ('receiving', 'queued', 'applying');

-- The rows that wait; gone once the import has ended.
CREATE TABLE catalogue_import_rows (
    tenant_id varchar NOT NULL CHECK (tenant_id <> ''),
    import_id uuid    NOT NULL,
    line      bigint  NOT NULL CHECK (line > 0),
    -- contract or supplier
    kind      varchar NOT NULL,
    -- The contract's or the supplier's number.
    key       varchar NOT NULL,
    data      text    NOT NULL,
    PRIMARY KEY (tenant_id, import_id, line),
    FOREIGN KEY (tenant_id, import_id) REFERENCES catalogue_imports (tenant_id, id)
);
CREATE UNIQUE INDEX catalogue_import_rows_key ON catalogue_import_rows (tenant_id, import_id, kind, key);

CREATE TABLE catalogue_import_rejects (
    tenant_id varchar  NOT NULL CHECK (tenant_id <> ''),
    import_id uuid     NOT NULL,
    line      bigint   NOT NULL CHECK (line > 0),
    -- A line may have several faults.
    place     smallint NOT NULL CHECK (place > 0),
    field     varchar  NOT NULL,
    rule      varchar  NOT NULL,
    sv        varchar  NOT NULL,
    en        varchar  NOT NULL,
    -- The number of the contract or supplier, where it could be read; a snapshot ends none that it rejects.
    kind      varchar,
    key       varchar,
    -- The beginning of what stood in the field, never a personal identity number.
    value     varchar,
    PRIMARY KEY (tenant_id, import_id, line, place),
    FOREIGN KEY (tenant_id, import_id) REFERENCES catalogue_imports (tenant_id, id)
);
CREATE INDEX catalogue_import_rejects_key ON catalogue_import_rejects (tenant_id, import_id, key);

-- How a region's own catalogue was last pulled; where it is and how it is read is a setting.
CREATE TABLE catalogue_sources (
    tenant_id        varchar     NOT NULL PRIMARY KEY CHECK (tenant_id <> ''),
    -- Changes with the address and the mapping: what was remembered of another catalogue is of no use.
    setting          varchar     NOT NULL,
    -- What the catalogue is asked with next: only what has changed since.
    etag             varchar,
    last_modified    varchar,
    cursor           varchar,
    -- The latest run that asked for everything: what is remembered rests on it, and on what was pulled since.
    whole_at         timestamptz,
    whole_import_id  uuid,
    started_at       timestamptz,
    finished_at      timestamptz,
    -- imported, importedAsPartial, notModified, failed or interrupted
    outcome          varchar,
    failure          varchar,
    import_id        uuid,
    pages            integer,
    succeeded_at     timestamptz,
    next_run_at      timestamptz NOT NULL,
    failures         integer     NOT NULL DEFAULT 0,
    -- Which host pulls, until when, by the database's clock.
    lease_holder     uuid,
    lease_until      timestamptz
);

DO $$
DECLARE t text;
BEGIN
    FOREACH t IN ARRAY ARRAY['catalogue_words', 'catalogue_imports', 'catalogue_import_rows', 'catalogue_import_rejects', 'catalogue_sources'] LOOP
        EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY', t);
        EXECUTE format($p$CREATE POLICY region_rows ON %I
            USING (tenant_id = nullif(current_setting('app.region', true), ''))
            WITH CHECK (tenant_id = nullif(current_setting('app.region', true), ''))$p$, t);
    END LOOP;
END
$$;
GRANT SELECT, INSERT, DELETE ON catalogue_words, catalogue_import_rows, catalogue_import_rejects TO escalation_app;
GRANT SELECT, INSERT, UPDATE ON catalogue_imports, catalogue_sources TO escalation_app;

-- Whoever takes an import in or applies it has it for itself while its lease lasts. An UPDATE that hits no row is no error, and the rest of the batch would commit:
-- so this raises where another host has taken the import over, or somebody has cancelled it.
CREATE FUNCTION hold_catalogue_import(p_tenant varchar, p_id uuid, p_state varchar, p_holder uuid, p_lease interval)
RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    UPDATE catalogue_imports SET lease_until = clock_timestamp() + p_lease, updated_at = clock_timestamp()
    WHERE tenant_id = p_tenant AND id = p_id AND state = p_state AND lease_holder = p_holder;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'The import is not held.' USING ERRCODE = 'RE412';
    END IF;
END
$$;
REVOKE ALL ON FUNCTION hold_catalogue_import FROM PUBLIC;
GRANT EXECUTE ON FUNCTION hold_catalogue_import TO escalation_app;

-- The same for whoever decides on an import that nobody holds: it raises unless the import is still in the state that was decided on.
CREATE FUNCTION move_catalogue_import(p_tenant varchar, p_id uuid, p_from varchar, p_to varchar, p_at timestamptz)
RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    UPDATE catalogue_imports SET state = p_to, updated_at = p_at WHERE tenant_id = p_tenant AND id = p_id AND state = p_from;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'The import is not in the expected state.' USING ERRCODE = 'RE412';
    END IF;
END
$$;
REVOKE ALL ON FUNCTION move_catalogue_import FROM PUBLIC;
GRANT EXECUTE ON FUNCTION move_catalogue_import TO escalation_app;

-- The same of a region's source: whoever writes what a pull has found has it for itself.
CREATE FUNCTION hold_catalogue_source(p_tenant varchar, p_holder uuid, p_lease interval)
RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    UPDATE catalogue_sources SET lease_until = clock_timestamp() + p_lease WHERE tenant_id = p_tenant AND lease_holder = p_holder;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'The source is not held.' USING ERRCODE = 'RE412';
    END IF;
END
$$;
REVOKE ALL ON FUNCTION hold_catalogue_source FROM PUBLIC;
GRANT EXECUTE ON FUNCTION hold_catalogue_source TO escalation_app;
