-- The region's own part of the ladder: one document per region.
CREATE TABLE mt_doc_laddersettings (
    tenant_id        varchar     NOT NULL CHECK (tenant_id <> ''),
    id               uuid        NOT NULL,
    data             jsonb       NOT NULL,
    mt_last_modified timestamptz NOT NULL,
    mt_dotnet_type   varchar,
    mt_version       bigint      NOT NULL,
    PRIMARY KEY (tenant_id, id)
);
ALTER TABLE mt_doc_laddersettings ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY region_rows ON mt_doc_laddersettings
    USING (tenant_id = nullif(current_setting('app.region', true), ''))
    WITH CHECK (tenant_id = nullif(current_setting('app.region', true), ''));
GRANT SELECT, INSERT, UPDATE ON mt_doc_laddersettings TO escalation_app;

-- When a case is overdue next, and when time alone changes something of it next. Rows of an earlier build are written anew from
-- their events at the start of this one.
ALTER TABLE mt_doc_escalationcase ADD COLUMN next_due timestamptz, ADD COLUMN next_expiry timestamptz;
CREATE INDEX mt_doc_escalationcase_due ON mt_doc_escalationcase (tenant_id, next_due, id) WHERE next_due IS NOT NULL;
CREATE INDEX mt_doc_escalationcase_expiry ON mt_doc_escalationcase (tenant_id, next_expiry, id) WHERE next_expiry IS NOT NULL;
