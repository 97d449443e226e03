-- Every filter of a list has its index. A deviation has no severity before it is assessed, and no case before it joins one.
CREATE INDEX mt_doc_deviation_severity ON mt_doc_deviation (tenant_id, severity, id) WHERE severity IS NOT NULL;
CREATE INDEX mt_doc_deviation_case ON mt_doc_deviation (tenant_id, case_id, id) WHERE case_id IS NOT NULL;
CREATE INDEX mt_doc_escalationcase_state ON mt_doc_escalationcase (tenant_id, state, id);
DROP INDEX mt_doc_escalationcase_step;
CREATE INDEX mt_doc_escalationcase_step ON mt_doc_escalationcase (tenant_id, step, id);
CREATE INDEX mt_doc_contract_category ON mt_doc_contract (tenant_id, category, number);
