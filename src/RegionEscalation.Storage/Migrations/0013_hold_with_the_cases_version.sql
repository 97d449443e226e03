-- The open case as it was read, and not only that it is the same: one that has come down to step 0 meanwhile is to be told what recurs (R-E1).
DROP FUNCTION mt_hold_contract(varchar, uuid, varchar, uuid, bigint, uuid);
CREATE FUNCTION mt_hold_contract(
    p_tenant varchar, p_contract uuid, p_number varchar, p_supplier uuid, p_versions bigint, p_case uuid, p_case_version bigint)
RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    v_versions     bigint;
    v_case         uuid;
    v_case_version bigint;
BEGIN
    PERFORM FROM mt_streams WHERE tenant_id = p_tenant AND id = p_contract FOR NO KEY UPDATE;
    SELECT coalesce(sum(d.mt_version), 0) INTO v_versions FROM mt_doc_deviation d WHERE d.tenant_id = p_tenant AND d.contract_number = p_number;
    SELECT c.id, c.mt_version INTO v_case, v_case_version FROM mt_doc_escalationcase c
    WHERE c.tenant_id = p_tenant AND c.supplier_id = p_supplier AND c.contract_number = p_number AND c.state = 'open';
    IF (v_versions, v_case, v_case_version) IS DISTINCT FROM (p_versions, p_case, p_case_version) THEN
        RAISE EXCEPTION 'The contract has other deviations or another case than were read.' USING ERRCODE = 'RE412';
    END IF;
END
$$;
REVOKE ALL ON FUNCTION mt_hold_contract FROM PUBLIC;
GRANT EXECUTE ON FUNCTION mt_hold_contract TO escalation_app;
