-- A region's change feed: its events in the order of their transactions, read up to the oldest one that still runs.
CREATE INDEX mt_events_position ON mt_events (tenant_id, transaction_id, seq_id);
CREATE INDEX mt_events_at ON mt_events (tenant_id, timestamp);
-- What is delivered later than it was read is found again by its id.
CREATE UNIQUE INDEX mt_events_id ON mt_events (tenant_id, id);

-- The national change feed: what became, changed or ceased to be visible, and for whom. No content: that is read from the register, where
-- it no longer is once it has ceased to be visible. Written in the transaction of the change; what no region owns has the region 'national'.
CREATE SEQUENCE national_changes_sequence;
CREATE TABLE national_changes (
    seq_id         bigint       NOT NULL DEFAULT nextval('national_changes_sequence'),
    id             uuid         NOT NULL,
    region         varchar      NOT NULL CHECK (region <> ''),
    -- case, notice, acknowledgement or meeting
    kind           varchar      NOT NULL,
    -- The case or the meeting; what happens to one of them is told in order.
    object_id      uuid         NOT NULL,
    -- The notice, of what is about one.
    notice_id      uuid,
    type           varchar(500) NOT NULL,
    -- Who may know of it: keys such as region:13, coordination, partner:adda, and 'regions' for every region's readers. Of an
    -- acknowledgement first the recipient that gave it.
    audience       varchar[]    NOT NULL,
    at             timestamptz  NOT NULL,
    transaction_id xid8         NOT NULL DEFAULT pg_current_xact_id(),
    PRIMARY KEY (region, seq_id)
);
ALTER SEQUENCE national_changes_sequence OWNED BY national_changes.seq_id;
CREATE INDEX national_changes_position ON national_changes (transaction_id, seq_id);
CREATE INDEX national_changes_at ON national_changes (at);
CREATE INDEX national_changes_id ON national_changes (id);

-- What is in the register already became visible before there was a feed.
ALTER TABLE national_cases NO FORCE ROW LEVEL SECURITY;
ALTER TABLE national_notices NO FORCE ROW LEVEL SECURITY;
ALTER TABLE national_recipients NO FORCE ROW LEVEL SECURITY;
ALTER TABLE national_disclosures NO FORCE ROW LEVEL SECURITY;
ALTER TABLE national_meetings NO FORCE ROW LEVEL SECURITY;
ALTER TABLE national_meeting_events NO FORCE ROW LEVEL SECURITY;
ALTER TABLE national_acknowledgements NO FORCE ROW LEVEL SECURITY;
INSERT INTO national_changes (id, region, kind, object_id, type, audience, at)
SELECT gen_random_uuid(), c.region, 'case', c.case_id, 'national-case-appeared.v1',
    ARRAY['regions', 'coordination', 'nationalOffice'] || CASE WHEN c.supplier_number IS NULL THEN '{}' ELSE ARRAY['supplier:' || c.supplier_number] END
        || ARRAY(SELECT DISTINCT d.recipient::text FROM national_disclosures d WHERE d.region = c.region AND d.case_id = c.case_id AND d.recipient LIKE 'partner:%' AND d.expires_at > now() ORDER BY 1),
    c.changed_at
FROM national_cases c ORDER BY c.changed_at, c.region, c.case_id;
INSERT INTO national_changes (id, region, kind, object_id, notice_id, type, audience, at)
SELECT gen_random_uuid(), n.region, 'notice', n.case_id, n.notice_id, 'national-notice-appeared.v1',
    ARRAY['regions', 'coordination', 'nationalOffice'] || CASE WHEN n.supplier_number IS NULL THEN '{}' ELSE ARRAY['supplier:' || n.supplier_number] END
        || ARRAY(SELECT d.recipient::text FROM national_disclosures d WHERE d.region = n.region AND d.case_id = n.case_id AND d.recipient LIKE 'partner:%' AND d.expires_at > now()
            UNION SELECT r.recipient::text FROM national_recipients r WHERE r.region = n.region AND r.case_id = n.case_id AND r.recipient LIKE 'partner:%' ORDER BY 1),
    n.issued_at
FROM national_notices n ORDER BY n.issued_at, n.region, n.case_id;
-- Whoever is invited by now is told of a meeting from its beginning.
INSERT INTO national_changes (id, region, kind, object_id, notice_id, type, audience, at)
SELECT gen_random_uuid(), t.region, t.kind, t.object_id, t.notice_id, t.type, t.audience, t.at
FROM (
    SELECT 'national' AS region, 'meeting' AS kind, e.meeting_id AS object_id, NULL::uuid AS notice_id, e.type,
        ARRAY(SELECT DISTINCT unnest(ARRAY[m.convener, 'coordination'] || m.invited) ORDER BY 1) AS audience, e.at, e.version AS place
    FROM national_meeting_events e JOIN national_meetings m ON m.id = e.meeting_id
    UNION ALL
    SELECT a.region, 'acknowledgement', a.case_id, a.notice_id, 'notice-acknowledged.v1',
        ARRAY[a.recipient] || array_remove(ARRAY['coordination', 'region:' || a.region]::varchar[], a.recipient), a.at, 0
    FROM national_acknowledgements a
) AS t ORDER BY t.at, t.object_id, t.place;
ALTER TABLE national_cases FORCE ROW LEVEL SECURITY;
ALTER TABLE national_notices FORCE ROW LEVEL SECURITY;
ALTER TABLE national_recipients FORCE ROW LEVEL SECURITY;
ALTER TABLE national_disclosures FORCE ROW LEVEL SECURITY;
ALTER TABLE national_meetings FORCE ROW LEVEL SECURITY;
ALTER TABLE national_meeting_events FORCE ROW LEVEL SECURITY;
ALTER TABLE national_acknowledgements FORCE ROW LEVEL SECURITY;

ALTER TABLE national_changes ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY region_rows ON national_changes TO escalation_app, escalation_owner
    USING (region = nullif(current_setting('app.region', true), ''))
    WITH CHECK (region = nullif(current_setting('app.region', true), ''));
CREATE POLICY national_reads ON national_changes FOR SELECT TO escalation_national
    USING (audience::text[] && string_to_array(current_setting('app.readers', true), ',')
        OR ('regions' = ANY (audience) AND current_setting('app.readers', true) ~ '(^|,)region:'));
-- What is written nationally; whoever writes it is among those who may know of it.
CREATE POLICY national_writes ON national_changes FOR INSERT TO escalation_national
    WITH CHECK (kind IN ('acknowledgement', 'meeting') AND audience::text[] && string_to_array(current_setting('app.readers', true), ','));
-- Append-only for both logins.
GRANT SELECT, INSERT ON national_changes TO escalation_app, escalation_national;
GRANT USAGE ON SEQUENCE national_changes_sequence TO escalation_app, escalation_national;

-- R-N6: the issuing region sees who has acknowledged, nationally too.
DROP POLICY national_reads ON national_acknowledgements;
CREATE POLICY national_reads ON national_acknowledgements FOR SELECT TO escalation_national
    USING (recipient = ANY (string_to_array(current_setting('app.readers', true), ','))
        OR 'region:' || region = ANY (string_to_array(current_setting('app.readers', true), ','))
        OR 'coordination' = ANY (string_to_array(current_setting('app.readers', true), ',')));

-- Webhooks: a subscription is a place in a feed, which moves on as the feed is delivered; what could not be delivered yet waits beside it.
-- The tables of the two APIs have the same columns but for whose they are: a region's, or a national reader's.
CREATE TABLE webhook_subscriptions (
    tenant_id            varchar     NOT NULL CHECK (tenant_id <> ''),
    id                   uuid        NOT NULL,
    version              bigint      NOT NULL CHECK (version > 0),
    url                  varchar     NOT NULL,
    description          varchar,
    -- Empty: every type.
    types                varchar[]   NOT NULL,
    state                varchar     NOT NULL,
    reason               varchar,
    client_id            varchar     NOT NULL,
    directory            varchar,
    purpose              varchar,
    -- The secrets are derived from it and are not here.
    secret_generation    integer     NOT NULL CHECK (secret_generation > 0),
    previous_until       timestamptz,
    created_at           timestamptz NOT NULL,
    updated_at           timestamptz NOT NULL,
    verified_at          timestamptz,
    disabled_at          timestamptz,
    failing_since        timestamptz,
    delivered_at         timestamptz,
    -- How far the feed is taken over: everything up to here was delivered or waits among the deliveries.
    position_transaction xid8        NOT NULL,
    position_sequence    bigint      NOT NULL,
    position_at          timestamptz NOT NULL,
    -- Which host delivers, until when; and not before when the endpoint is tried again.
    lease_holder         uuid,
    lease_until          timestamptz,
    next_attempt_at      timestamptz,
    PRIMARY KEY (tenant_id, id)
);

CREATE TABLE webhook_deliveries (
    tenant_id       varchar      NOT NULL CHECK (tenant_id <> ''),
    subscription_id uuid         NOT NULL,
    event_id        uuid         NOT NULL,
    transaction_id  xid8         NOT NULL,
    sequence        bigint       NOT NULL,
    -- Deliveries about one stream go out in its order.
    stream_id       uuid         NOT NULL,
    type            varchar(500) NOT NULL,
    event_at        timestamptz  NOT NULL,
    -- pending or delivered
    state           varchar      NOT NULL,
    attempts        integer      NOT NULL,
    next_attempt_at timestamptz,
    last_attempt_at timestamptz,
    -- The latest attempts: when, the answer's status or what went wrong, how long it took.
    log             jsonb        NOT NULL,
    PRIMARY KEY (tenant_id, subscription_id, event_id),
    FOREIGN KEY (tenant_id, subscription_id) REFERENCES webhook_subscriptions (tenant_id, id)
);
CREATE INDEX webhook_deliveries_position ON webhook_deliveries (tenant_id, subscription_id, transaction_id, sequence);
CREATE INDEX webhook_deliveries_pending ON webhook_deliveries (tenant_id, subscription_id, stream_id, transaction_id, sequence) WHERE state = 'pending';
CREATE INDEX webhook_deliveries_delivered ON webhook_deliveries (tenant_id, last_attempt_at) WHERE state = 'delivered';

CREATE TABLE national_webhook_subscriptions (LIKE webhook_subscriptions INCLUDING ALL);
ALTER TABLE national_webhook_subscriptions RENAME tenant_id TO reader;
CREATE TABLE national_webhook_deliveries (LIKE webhook_deliveries INCLUDING ALL);
ALTER TABLE national_webhook_deliveries RENAME tenant_id TO reader;
ALTER TABLE national_webhook_deliveries ADD FOREIGN KEY (reader, subscription_id) REFERENCES national_webhook_subscriptions (reader, id);
ALTER TABLE national_webhook_subscriptions ALTER purpose SET NOT NULL;

ALTER TABLE webhook_subscriptions ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
ALTER TABLE webhook_deliveries ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
ALTER TABLE national_webhook_subscriptions ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
ALTER TABLE national_webhook_deliveries ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY region_rows ON webhook_subscriptions
    USING (tenant_id = nullif(current_setting('app.region', true), ''))
    WITH CHECK (tenant_id = nullif(current_setting('app.region', true), ''));
CREATE POLICY region_rows ON webhook_deliveries
    USING (tenant_id = nullif(current_setting('app.region', true), ''))
    WITH CHECK (tenant_id = nullif(current_setting('app.region', true), ''));
CREATE POLICY own_rows ON national_webhook_subscriptions TO escalation_national
    USING (reader = ANY (string_to_array(current_setting('app.readers', true), ',')))
    WITH CHECK (reader = ANY (string_to_array(current_setting('app.readers', true), ',')));
CREATE POLICY own_rows ON national_webhook_deliveries TO escalation_national
    USING (reader = ANY (string_to_array(current_setting('app.readers', true), ',')))
    WITH CHECK (reader = ANY (string_to_array(current_setting('app.readers', true), ',')));
-- After a restore the owner puts them back to where the feed is sure to have been delivered, and what waits follows the feed's new order.
CREATE POLICY restored ON national_webhook_subscriptions TO escalation_owner USING (true) WITH CHECK (true);
CREATE POLICY restored ON national_webhook_deliveries TO escalation_owner USING (true) WITH CHECK (true);

-- A subscription that has ended stays, with the log of its deliveries, which goes after a while.
GRANT SELECT, INSERT, UPDATE ON webhook_subscriptions TO escalation_app;
GRANT SELECT, INSERT, UPDATE, DELETE ON webhook_deliveries TO escalation_app;
GRANT SELECT, INSERT, UPDATE ON national_webhook_subscriptions TO escalation_national;
GRANT SELECT, INSERT, UPDATE, DELETE ON national_webhook_deliveries TO escalation_national;

-- An UPDATE that hits no row is no error, and the rest of the batch would commit: so this raises.
CREATE FUNCTION move_webhook_subscription(p_tenant varchar, p_id uuid, p_expected bigint)
RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    UPDATE webhook_subscriptions SET version = p_expected + 1 WHERE tenant_id = p_tenant AND id = p_id AND version = p_expected;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'The subscription is not at the expected version.' USING ERRCODE = 'RE412';
    END IF;
END
$$;
CREATE FUNCTION move_national_webhook_subscription(p_reader varchar, p_id uuid, p_expected bigint)
RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    UPDATE national_webhook_subscriptions SET version = p_expected + 1 WHERE reader = p_reader AND id = p_id AND version = p_expected;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'The subscription is not at the expected version.' USING ERRCODE = 'RE412';
    END IF;
END
$$;
REVOKE ALL ON FUNCTION move_webhook_subscription, move_national_webhook_subscription FROM PUBLIC;
GRANT EXECUTE ON FUNCTION move_webhook_subscription TO escalation_app;
GRANT EXECUTE ON FUNCTION move_national_webhook_subscription TO escalation_national;
