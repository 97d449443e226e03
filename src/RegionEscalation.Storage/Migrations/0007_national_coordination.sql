-- What the others may know of a case, part by part, each a function of the case alone and written by the owning region in the
-- transaction of the event. The national login says who reads (app.readers: keys such as region:13, coordination, partner:adda) and
-- when (app.at) with every read, transaction-locally; where it says nothing it sees nothing.

-- Information till Sveriges Regioner: what was told last of a case, for as long as it lasts.
CREATE TABLE national_notices (
    region                      varchar     NOT NULL CHECK (region <> ''),
    case_id                     uuid        NOT NULL,
    notice_id                   uuid        NOT NULL,
    number                      integer     NOT NULL,
    kind                        varchar     NOT NULL,
    issued_at                   timestamptz NOT NULL,
    remind_at                   timestamptz NOT NULL,
    expires_at                  timestamptz NOT NULL,
    provisional                 boolean     NOT NULL,
    supplier_id                 uuid        NOT NULL,
    supplier_number             varchar,
    supplier_name               varchar     NOT NULL,
    category                    varchar     NOT NULL,
    ladder_version              varchar     NOT NULL,
    step                        smallint    CHECK (step BETWEEN 3 AND 5),
    step_since                  timestamptz,
    trigger_code                varchar,
    block                       jsonb,
    disputed                    boolean     NOT NULL,
    supplier_statement_attached boolean     NOT NULL,
    responsible_address         varchar     NOT NULL,
    PRIMARY KEY (region, case_id)
);
CREATE INDEX national_notices_supplier ON national_notices (supplier_number);
CREATE INDEX national_notices_issued ON national_notices (issued_at);

CREATE TABLE national_recipients (
    region          varchar NOT NULL CHECK (region <> ''),
    case_id         uuid    NOT NULL,
    recipient       varchar NOT NULL,
    notice_id       uuid    NOT NULL,
    supplier_number varchar,
    PRIMARY KEY (region, case_id, recipient)
);
CREATE INDEX national_recipients_recipient ON national_recipients (recipient, region, case_id);

-- Decisions to disclose that are in force, and what they disclose (T1), which is here only while there is one.
CREATE TABLE national_disclosures (
    region      varchar     NOT NULL CHECK (region <> ''),
    case_id     uuid        NOT NULL,
    decision_id uuid        NOT NULL,
    recipient   varchar     NOT NULL,
    basis       varchar     NOT NULL,
    expires_at  timestamptz NOT NULL,
    PRIMARY KEY (region, case_id, decision_id)
);

CREATE TABLE national_summaries (
    region              varchar   NOT NULL CHECK (region <> ''),
    case_id             uuid      NOT NULL,
    consequence_areas   varchar[] NOT NULL,
    deviations          integer   NOT NULL,
    serious_deviations  integer   NOT NULL,
    plan_status         varchar,
    sanctions           varchar[] NOT NULL,
    return_criteria     text[]    NOT NULL,
    supplier_statements text[]    NOT NULL,
    PRIMARY KEY (region, case_id)
);

-- The stays at steps 3-5; without the supplier, so that what outlives a case's visibility is a figure and names nobody.
CREATE TABLE national_course (
    region       varchar     NOT NULL CHECK (region <> ''),
    case_id      uuid        NOT NULL,
    visit        integer     NOT NULL,
    step         smallint    NOT NULL CHECK (step BETWEEN 3 AND 5),
    entered_at   timestamptz NOT NULL,
    trigger_code varchar     NOT NULL,
    left_at      timestamptz,
    left_by      varchar,
    category     varchar     NOT NULL,
    PRIMARY KEY (region, case_id, visit)
);
CREATE INDEX national_course_entered ON national_course (entered_at);

-- Which regions have a contract with a supplier, so that they can be invited and be entitled to more than T0. No sole traders.
CREATE TABLE national_contracts (
    region          varchar NOT NULL CHECK (region <> ''),
    contract_id     uuid    NOT NULL,
    supplier_number varchar NOT NULL,
    valid_until     date,
    PRIMARY KEY (region, contract_id)
);
CREATE INDEX national_contracts_supplier ON national_contracts (supplier_number, region);

-- Kvittenser. Append-only; written by the national login for the recipients that it reads for.
CREATE TABLE national_acknowledgements (
    region          varchar     NOT NULL CHECK (region <> ''),
    case_id         uuid        NOT NULL,
    notice_id       uuid        NOT NULL,
    recipient       varchar     NOT NULL,
    at              timestamptz NOT NULL,
    acknowledged_by varchar     NOT NULL,
    client_id       varchar     NOT NULL,
    PRIMARY KEY (region, notice_id, recipient)
);
CREATE INDEX national_acknowledgements_case ON national_acknowledgements (region, case_id);

-- Who read what: a row for every object that was given out, and one for a read that gave out none. Rows of the earlier table are kept.
ALTER TABLE national_access_log NO FORCE ROW LEVEL SECURITY;
ALTER TABLE national_access_log RENAME TO national_access_log_before;
ALTER INDEX national_access_log_at RENAME TO national_access_log_before_at;
ALTER INDEX national_access_log_pkey RENAME TO national_access_log_before_pkey;
CREATE TABLE national_access_log (
    id            uuid        NOT NULL PRIMARY KEY DEFAULT gen_random_uuid(),
    -- The rows of one read have it in common.
    read_id       uuid        NOT NULL,
    at            timestamptz NOT NULL,
    client_id     varchar     NOT NULL,
    directory     varchar,
    -- For whom: keys such as region:13, coordination, partner:adda.
    readers       varchar[]   NOT NULL,
    roles         varchar[]   NOT NULL,
    purpose       varchar     NOT NULL,
    operation     varchar     NOT NULL,
    target        varchar     NOT NULL,
    object_region varchar,
    object_kind   varchar,
    object_id     uuid,
    tier          varchar,
    basis         varchar
);
CREATE INDEX national_access_log_at ON national_access_log (at, id);
CREATE INDEX national_access_log_object ON national_access_log (object_region, object_id);

INSERT INTO national_access_log (read_id, at, client_id, directory, readers, roles, purpose, operation, target, object_region, object_kind, object_id, tier)
SELECT b.id, b.at, b.client_id, b.tenant,
    ARRAY(SELECT 'region:' || r FROM unnest(b.regions) r) || CASE WHEN 'Coordinator' = ANY (b.roles) THEN ARRAY['coordination']::varchar[] ELSE '{}' END,
    b.roles, b.purpose, b.operation, b.target,
    split_part(c.object, '/', 1), CASE WHEN c.object IS NOT NULL THEN 'case' END, nullif(split_part(c.object, '/', 2), '')::uuid, CASE WHEN c.object IS NOT NULL THEN 'T0' END
FROM national_access_log_before b LEFT JOIN LATERAL unnest(b.cases) AS c (object) ON true;
DROP TABLE national_access_log_before;

DO $$
DECLARE t text;
BEGIN
    FOREACH t IN ARRAY ARRAY['national_notices', 'national_recipients', 'national_disclosures', 'national_summaries', 'national_course', 'national_contracts'] LOOP
        EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY', t);
        EXECUTE format($p$CREATE POLICY region_rows ON %I TO escalation_app, escalation_owner
            USING (region = nullif(current_setting('app.region', true), ''))
            WITH CHECK (region = nullif(current_setting('app.region', true), ''))$p$, t);
        EXECUTE format('GRANT SELECT, INSERT, UPDATE, DELETE ON %I TO escalation_app', t);
        EXECUTE format('GRANT SELECT ON %I TO escalation_national', t);
    END LOOP;
END
$$;
ALTER TABLE national_acknowledgements ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
ALTER TABLE national_access_log ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
GRANT SELECT ON national_acknowledgements, national_access_log TO escalation_app;
GRANT SELECT, INSERT ON national_acknowledgements, national_access_log TO escalation_national;
CREATE POLICY region_rows ON national_acknowledgements FOR SELECT TO escalation_app USING (region = nullif(current_setting('app.region', true), ''));
CREATE POLICY region_rows ON national_access_log FOR SELECT TO escalation_app USING (object_region = nullif(current_setting('app.region', true), ''));

-- The policies read the settings directly: what they rest on must not be planned once and served to another reader.
CREATE POLICY national_reads ON national_contracts FOR SELECT TO escalation_national
    USING (current_setting('app.readers', true) ~ '(^|,)(region:|coordination|nationalOffice)');

CREATE POLICY national_reads ON national_disclosures FOR SELECT TO escalation_national
    USING (recipient = ANY (string_to_array(current_setting('app.readers', true), ','))
        OR (recipient = 'regionsConcerned' AND current_setting('app.readers', true) ~ '(^|,)region:'));

CREATE POLICY national_reads ON national_recipients FOR SELECT TO escalation_national
    USING (recipient = ANY (string_to_array(current_setting('app.readers', true), ','))
        OR 'coordination' = ANY (string_to_array(current_setting('app.readers', true), ','))
        OR 'supplier:' || supplier_number = ANY (string_to_array(current_setting('app.readers', true), ',')));

DROP POLICY national_reads ON national_cases;
CREATE POLICY national_reads ON national_cases FOR SELECT TO escalation_national
    USING (current_setting('app.readers', true) ~ '(^|,)(region:|coordination|nationalOffice)'
        OR 'supplier:' || supplier_number = ANY (string_to_array(current_setting('app.readers', true), ','))
        OR EXISTS (SELECT FROM national_disclosures d WHERE d.region = national_cases.region AND d.case_id = national_cases.case_id
            AND d.recipient = ANY (string_to_array(current_setting('app.readers', true), ','))
            AND d.expires_at > nullif(current_setting('app.at', true), '')::timestamptz));

-- Whoever was sent a notice also sees what became of it.
CREATE POLICY national_reads ON national_notices FOR SELECT TO escalation_national
    USING (expires_at > nullif(current_setting('app.at', true), '')::timestamptz
        AND (current_setting('app.readers', true) ~ '(^|,)(region:|coordination|nationalOffice)'
            OR 'supplier:' || supplier_number = ANY (string_to_array(current_setting('app.readers', true), ','))
            OR EXISTS (SELECT FROM national_recipients r WHERE r.region = national_notices.region AND r.case_id = national_notices.case_id
                AND r.recipient = ANY (string_to_array(current_setting('app.readers', true), ',')))
            OR EXISTS (SELECT FROM national_disclosures d WHERE d.region = national_notices.region AND d.case_id = national_notices.case_id
                AND d.recipient = ANY (string_to_array(current_setting('app.readers', true), ','))
                AND d.expires_at > nullif(current_setting('app.at', true), '')::timestamptz)));

CREATE POLICY national_reads ON national_course FOR SELECT TO escalation_national
    USING (current_setting('app.readers', true) ~ '(^|,)(region:|coordination|nationalOffice)'
        OR EXISTS (SELECT FROM national_cases c WHERE c.region = national_course.region AND c.case_id = national_course.case_id));

-- R-N5: under a decision in force for the reader, while a notice stands; a region must moreover have to do with the supplier.
CREATE POLICY national_reads ON national_summaries FOR SELECT TO escalation_national
    USING (EXISTS (
        SELECT FROM national_disclosures d
        JOIN national_cases n ON n.region = d.region AND n.case_id = d.case_id
        CROSS JOIN unnest(string_to_array(current_setting('app.readers', true), ',')) AS reader (key)
        WHERE d.region = national_summaries.region AND d.case_id = national_summaries.case_id
            AND EXISTS (SELECT FROM national_notices t WHERE t.region = d.region AND t.case_id = d.case_id)
            AND d.expires_at > nullif(current_setting('app.at', true), '')::timestamptz
            AND CASE WHEN reader.key LIKE 'region:%'
                THEN d.recipient IN (reader.key, 'regionsConcerned') AND (
                    EXISTS (SELECT FROM national_contracts k WHERE 'region:' || k.region = reader.key AND k.supplier_number = n.supplier_number
                        AND coalesce(k.valid_until, 'infinity')
                            >= (nullif(current_setting('app.at', true), '')::timestamptz AT TIME ZONE 'Europe/Stockholm')::date)
                    OR EXISTS (SELECT FROM national_cases o WHERE 'region:' || o.region = reader.key AND o.supplier_number = n.supplier_number))
                ELSE d.recipient = reader.key END));

CREATE POLICY national_reads ON national_acknowledgements FOR SELECT TO escalation_national
    USING (recipient = ANY (string_to_array(current_setting('app.readers', true), ','))
        OR 'coordination' = ANY (string_to_array(current_setting('app.readers', true), ',')));
CREATE POLICY national_writes ON national_acknowledgements FOR INSERT TO escalation_national
    WITH CHECK (recipient = ANY (string_to_array(current_setting('app.readers', true), ',')));

CREATE POLICY national_reads ON national_access_log FOR SELECT TO escalation_national
    USING (string_to_array(current_setting('app.readers', true), ',') && ARRAY['auditor', 'coordination']
        OR 'region:' || object_region = ANY (string_to_array(current_setting('app.readers', true), ',')));
-- Everybody who reads is logged, and nobody logs for another.
CREATE POLICY national_writes ON national_access_log FOR INSERT TO escalation_national
    WITH CHECK (readers::text[] = string_to_array(current_setting('app.readers', true), ','));
