-- Who is a natural person by mark: what was written of them before they were marked is shown without their numbers.
ALTER TABLE mt_doc_supplier NO FORCE ROW LEVEL SECURITY;
ALTER TABLE mt_doc_supplier ADD COLUMN sole_trader boolean NOT NULL DEFAULT false;
UPDATE mt_doc_supplier SET sole_trader = true WHERE data ->> 'soleTrader' = 'true';
CREATE INDEX mt_doc_supplier_sole_traders ON mt_doc_supplier (tenant_id, sole_trader, organisation_number);
ALTER TABLE mt_doc_supplier FORCE ROW LEVEL SECURITY;

-- Whoever opens a case rests on the contract as it was read; null where the contract's own content does not matter.
DROP FUNCTION mt_hold_contract(varchar, uuid, varchar, uuid, bigint, uuid, bigint);
CREATE FUNCTION mt_hold_contract(
    p_tenant varchar, p_contract uuid, p_number varchar, p_supplier uuid, p_versions bigint, p_case uuid, p_case_version bigint, p_version bigint)
RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    v_version      bigint;
    v_versions     bigint;
    v_case         uuid;
    v_case_version bigint;
BEGIN
    SELECT s.version INTO v_version FROM mt_streams s WHERE s.tenant_id = p_tenant AND s.id = p_contract FOR NO KEY UPDATE;
    SELECT coalesce(sum(d.mt_version), 0) INTO v_versions FROM mt_doc_deviation d WHERE d.tenant_id = p_tenant AND d.contract_number = p_number;
    SELECT c.id, c.mt_version INTO v_case, v_case_version FROM mt_doc_escalationcase c
    WHERE c.tenant_id = p_tenant AND c.supplier_id = p_supplier AND c.contract_number = p_number AND c.state = 'open';
    IF (v_versions, v_case, v_case_version) IS DISTINCT FROM (p_versions, p_case, p_case_version) OR v_version <> p_version THEN
        RAISE EXCEPTION 'The contract, its deviations or its case are others than were read.' USING ERRCODE = 'RE412';
    END IF;
END
$$;

-- What is written copies what was read of the stream: it is the same still, and stays so until the transaction ends. Readers of one stream do not wait for each other.
CREATE FUNCTION mt_hold_stream(p_tenant varchar, p_id uuid, p_version bigint)
RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    v_version bigint;
BEGIN
    SELECT s.version INTO v_version FROM mt_streams s WHERE s.tenant_id = p_tenant AND s.id = p_id FOR SHARE;
    IF v_version IS DISTINCT FROM p_version THEN
        RAISE EXCEPTION 'The stream is not at the version that was read.' USING ERRCODE = 'RE412';
    END IF;
END
$$;

-- Whoever changes contracts tells the open cases about them. A case is opened under the lock of its contract's stream: once a writer has moved that stream, it
-- sees here every case that was opened before it, and whoever opens one after it finds the contract moved.
CREATE FUNCTION mt_expect_open_cases(p_tenant varchar, p_numbers varchar[], p_cases uuid[])
RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT FROM mt_doc_escalationcase c
            WHERE c.tenant_id = p_tenant AND c.contract_number = ANY (p_numbers) AND c.state = 'open' AND c.id <> ALL (p_cases)) THEN
        RAISE EXCEPTION 'A case about the contract was opened since.' USING ERRCODE = 'RE412';
    END IF;
END
$$;

-- The end of a transaction that marks a supplier, or no longer: everything that carries its number says so, whoever wrote it meanwhile.
CREATE FUNCTION mt_expect_marked(p_tenant varchar, p_suppliers uuid[])
RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT FROM mt_doc_supplier s JOIN mt_doc_contract k ON k.tenant_id = p_tenant AND k.supplier_id = s.id
            WHERE s.tenant_id = p_tenant AND s.id = ANY (p_suppliers) AND s.sole_trader <> (coalesce(k.data #>> '{content,supplier,soleTrader}', 'false') = 'true'))
        OR EXISTS (SELECT FROM mt_doc_supplier s JOIN mt_doc_escalationcase c ON c.tenant_id = p_tenant AND c.supplier_id = s.id
            WHERE s.tenant_id = p_tenant AND s.id = ANY (p_suppliers) AND s.sole_trader <> (coalesce(c.data #>> '{supplier,soleTrader}', 'false') = 'true')) THEN
        RAISE EXCEPTION 'The supplier has other contracts or cases than were read.' USING ERRCODE = 'RE412';
    END IF;
END
$$;
REVOKE ALL ON FUNCTION mt_hold_contract, mt_hold_stream, mt_expect_open_cases, mt_expect_marked FROM PUBLIC;
GRANT EXECUTE ON FUNCTION mt_hold_contract, mt_hold_stream, mt_expect_open_cases, mt_expect_marked TO escalation_app;
