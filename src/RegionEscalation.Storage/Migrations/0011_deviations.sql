-- What deviations are filtered by, and what their statistics are made of. Rows of an earlier build are written anew from their events
-- at the start of this one. Several topics stand in one column, in order and joined: a filter names the combinations that it means.
ALTER TABLE mt_doc_deviation
    ADD COLUMN unit        varchar,
    ADD COLUMN cause       varchar,
    ADD COLUMN topics      varchar,
    ADD COLUMN fault       varchar,
    ADD COLUMN reported_at timestamptz,
    ADD COLUMN assessed_at timestamptz,
    ADD COLUMN handled_at  timestamptz,
    ADD COLUMN analysed_at timestamptz,
    ADD COLUMN fed_back_at timestamptz,
    ADD COLUMN closed_at   timestamptz;
CREATE INDEX mt_doc_deviation_unit ON mt_doc_deviation (tenant_id, unit, id) WHERE unit IS NOT NULL;
CREATE INDEX mt_doc_deviation_cause ON mt_doc_deviation (tenant_id, cause, id) WHERE cause IS NOT NULL;
CREATE INDEX mt_doc_deviation_topics ON mt_doc_deviation (tenant_id, topics, id);
CREATE INDEX mt_doc_deviation_reported ON mt_doc_deviation (tenant_id, reported_at);

-- R-V3: one id of another system is one deviation, also when it is registered by many at once.
CREATE TABLE external_registrations (
    tenant_id    varchar NOT NULL CHECK (tenant_id <> ''),
    system       varchar NOT NULL,
    external_id  varchar NOT NULL,
    deviation_id uuid    NOT NULL,
    PRIMARY KEY (tenant_id, system, external_id)
);
CREATE INDEX external_registrations_deviation ON external_registrations (tenant_id, deviation_id);
ALTER TABLE external_registrations ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY region_rows ON external_registrations
    USING (tenant_id = nullif(current_setting('app.region', true), ''))
    WITH CHECK (tenant_id = nullif(current_setting('app.region', true), ''));
GRANT SELECT, INSERT ON external_registrations TO escalation_app;
