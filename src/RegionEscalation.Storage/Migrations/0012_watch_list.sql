-- Bevakningslistan: suppliers that a region watches. Nobody else's business: no national table or login knows of it.
CREATE TABLE mt_doc_watchentry (
    tenant_id        varchar     NOT NULL CHECK (tenant_id <> ''),
    id               uuid        NOT NULL,
    data             jsonb       NOT NULL,
    mt_last_modified timestamptz NOT NULL,
    mt_dotnet_type   varchar,
    mt_version       bigint      NOT NULL,
    state            varchar     NOT NULL,
    supplier_id      uuid        NOT NULL,
    -- Empty where the supplier is watched as a whole.
    contract_number  varchar     NOT NULL,
    review_by        date        NOT NULL,
    -- When it lapses or has lapsed; null once it has ended otherwise.
    lapses_at        timestamptz,
    PRIMARY KEY (tenant_id, id)
);
-- R-W1: also two additions at the same instant leave one.
CREATE UNIQUE INDEX mt_doc_watchentry_one ON mt_doc_watchentry (tenant_id, supplier_id, contract_number) WHERE state = 'watching';
CREATE INDEX mt_doc_watchentry_supplier ON mt_doc_watchentry (tenant_id, supplier_id, id);
CREATE INDEX mt_doc_watchentry_contract ON mt_doc_watchentry (tenant_id, contract_number, id);
CREATE INDEX mt_doc_watchentry_state ON mt_doc_watchentry (tenant_id, state, id);
CREATE INDEX mt_doc_watchentry_review ON mt_doc_watchentry (tenant_id, review_by, id);
CREATE INDEX mt_doc_watchentry_lapse ON mt_doc_watchentry (tenant_id, lapses_at, id);
CREATE INDEX mt_doc_watchentry_due ON mt_doc_watchentry (tenant_id, lapses_at, id) WHERE state = 'watching';

ALTER TABLE mt_doc_watchentry ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY region_rows ON mt_doc_watchentry
    USING (tenant_id = nullif(current_setting('app.region', true), ''))
    WITH CHECK (tenant_id = nullif(current_setting('app.region', true), ''));
GRANT SELECT, INSERT, UPDATE ON mt_doc_watchentry TO escalation_app;

-- Two deviations assessed at one instant, each not seeing the other, would miss together that they recur (R-E1). Whoever decides on a
-- contract's deviations therefore holds the contract's stream until it commits, and raises where something else is there than was read.
CREATE FUNCTION mt_hold_contract(p_tenant varchar, p_contract uuid, p_number varchar, p_supplier uuid, p_versions bigint, p_case uuid)
RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    PERFORM FROM mt_streams WHERE tenant_id = p_tenant AND id = p_contract FOR NO KEY UPDATE;
    IF p_versions IS DISTINCT FROM (
            SELECT coalesce(sum(d.mt_version), 0)::bigint FROM mt_doc_deviation d WHERE d.tenant_id = p_tenant AND d.contract_number = p_number)
        OR p_case IS DISTINCT FROM (
            SELECT c.id FROM mt_doc_escalationcase c
            WHERE c.tenant_id = p_tenant AND c.supplier_id = p_supplier AND c.contract_number = p_number AND c.state = 'open') THEN
        RAISE EXCEPTION 'The contract has other deviations or another case than were read.' USING ERRCODE = 'RE412';
    END IF;
END
$$;
REVOKE ALL ON FUNCTION mt_hold_contract FROM PUBLIC;
GRANT EXECUTE ON FUNCTION mt_hold_contract TO escalation_app;
