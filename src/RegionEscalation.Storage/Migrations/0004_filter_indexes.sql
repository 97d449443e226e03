-- Every filter of a list has its index. A deviation has no severity before it is assessed, and no case before it joins one.
CREATE INDEX mt_doc_deviation_severity ON mt_doc_deviation (tenant_id, severity, id) WHERE severity IS NOT NULL;
CREATE INDEX mt_doc_deviation_case ON mt_doc_deviation (tenant_id, case_id, id) WHERE case_id IS NOT NULL;
CREATE INDEX mt_doc_contract_category ON mt_doc_contract (tenant_id, category, number);
