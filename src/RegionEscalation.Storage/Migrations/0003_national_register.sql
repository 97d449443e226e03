-- What the other regions may know of a case at steps 3-5 (T0), and nothing else. Written by the owning region in the
-- transaction of the event; read across regions by the national login alone, so its indexes do not lead with the region.
CREATE TABLE national_cases (
    region                      varchar     NOT NULL CHECK (region <> ''),
    case_id                     uuid        NOT NULL,
    supplier_id                 uuid        NOT NULL,
    supplier_number             varchar,
    supplier_name               varchar     NOT NULL,
    category                    varchar     NOT NULL,
    ladder_version              varchar     NOT NULL,
    step                        smallint    NOT NULL CHECK (step BETWEEN 3 AND 5),
    step_since                  timestamptz NOT NULL,
    trigger_code                varchar     NOT NULL,
    block                       jsonb,
    disputed                    boolean     NOT NULL,
    supplier_statement_attached boolean     NOT NULL,
    preliminary                 boolean     NOT NULL,
    responsible_address         varchar     NOT NULL,
    notice_expires_at           timestamptz,
    changed_at                  timestamptz NOT NULL,
    PRIMARY KEY (region, case_id)
);
CREATE INDEX national_cases_supplier ON national_cases (supplier_number);
CREATE INDEX national_cases_step ON national_cases (step, case_id);
CREATE INDEX national_cases_changed ON national_cases (changed_at);

ALTER TABLE national_cases ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY region_rows ON national_cases TO escalation_app, escalation_owner
    USING (region = nullif(current_setting('app.region', true), ''))
    WITH CHECK (region = nullif(current_setting('app.region', true), ''));
CREATE POLICY national_reads ON national_cases FOR SELECT TO escalation_national USING (true);

GRANT SELECT, INSERT, UPDATE, DELETE ON national_cases TO escalation_app;
GRANT SELECT ON national_cases TO escalation_national;

-- Who read what, when, for which purpose. Append-only: the login that writes it can neither change nor remove a row.
CREATE TABLE national_access_log (
    id        uuid        NOT NULL PRIMARY KEY,
    at        timestamptz NOT NULL,
    client_id varchar     NOT NULL,
    tenant    varchar,
    regions   varchar[]   NOT NULL,
    roles     varchar[]   NOT NULL,
    purpose   varchar     NOT NULL,
    operation varchar     NOT NULL,
    target    varchar     NOT NULL,
    -- region/case of every row that was given out
    cases     varchar[]   NOT NULL
);
CREATE INDEX national_access_log_at ON national_access_log (at);

ALTER TABLE national_access_log ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY national_writes ON national_access_log FOR INSERT TO escalation_national WITH CHECK (true);
GRANT INSERT ON national_access_log TO escalation_national;
