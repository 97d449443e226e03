-- What is written nationally: joint regional meetings, and the first answers to national commands.
CREATE TABLE national_meetings (
    id              uuid        NOT NULL PRIMARY KEY,
    version         bigint      NOT NULL CHECK (version > 0),
    -- Who called it, and who is invited and was there: keys such as region:13, coordination.
    convener        varchar     NOT NULL CHECK (convener <> ''),
    invited         varchar[]   NOT NULL,
    participants    varchar[]   NOT NULL,
    -- A sole trader has no number here.
    supplier_number varchar,
    supplier_id     uuid,
    starts_at       timestamptz NOT NULL,
    state           varchar     NOT NULL,
    data            jsonb       NOT NULL,
    updated_at      timestamptz NOT NULL,
    CHECK ((supplier_number IS NULL) <> (supplier_id IS NULL))
);
CREATE INDEX national_meetings_supplier ON national_meetings (supplier_number);
CREATE INDEX national_meetings_supplier_id ON national_meetings (supplier_id) WHERE supplier_id IS NOT NULL;
CREATE INDEX national_meetings_starts ON national_meetings (starts_at, id);
CREATE INDEX national_meetings_state ON national_meetings (state, starts_at, id);

CREATE TABLE national_meeting_events (
    meeting_id uuid         NOT NULL,
    version    bigint       NOT NULL CHECK (version > 0),
    type       varchar(500) NOT NULL,
    data       jsonb        NOT NULL,
    at         timestamptz  NOT NULL,
    -- For whom it was done, and by which client.
    reader     varchar      NOT NULL,
    client_id  varchar      NOT NULL,
    PRIMARY KEY (meeting_id, version)
);

-- An UPDATE that hits no row is no error, and the rest of the batch would commit: so this raises.
CREATE FUNCTION move_national_meeting(p_meeting uuid, p_expected bigint, p_version bigint)
RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    UPDATE national_meetings SET version = p_version WHERE id = p_meeting AND version = p_expected;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'The meeting is not at the expected version.' USING ERRCODE = 'RE412';
    END IF;
END
$$;

-- The first answer to a national command, for retries within 24 hours.
CREATE TABLE national_idempotency_keys (
    client_id    varchar     NOT NULL CHECK (client_id <> ''),
    key          varchar     NOT NULL,
    request_hash bytea       NOT NULL,
    status       smallint    NOT NULL,
    location     varchar,
    etag         varchar,
    body         text        NOT NULL,
    created_at   timestamptz NOT NULL,
    PRIMARY KEY (client_id, key)
);
CREATE INDEX national_idempotency_keys_created ON national_idempotency_keys (created_at);

ALTER TABLE national_meetings ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
ALTER TABLE national_meeting_events ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
ALTER TABLE national_idempotency_keys ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;

-- R-M2: a meeting is seen by whoever called it, those who are invited and the coordination group; its minutes the answer leaves out for those who were not there.
CREATE POLICY national_reads ON national_meetings FOR SELECT TO escalation_national
    USING (convener = ANY (string_to_array(current_setting('app.readers', true), ','))
        OR invited::text[] && string_to_array(current_setting('app.readers', true), ',')
        OR 'coordination' = ANY (string_to_array(current_setting('app.readers', true), ',')));
CREATE POLICY national_inserts ON national_meetings FOR INSERT TO escalation_national
    WITH CHECK (convener = ANY (string_to_array(current_setting('app.readers', true), ',')));
CREATE POLICY national_updates ON national_meetings FOR UPDATE TO escalation_national
    USING (convener = ANY (string_to_array(current_setting('app.readers', true), ',')))
    WITH CHECK (convener = ANY (string_to_array(current_setting('app.readers', true), ',')));
CREATE POLICY region_reads ON national_meetings FOR SELECT TO escalation_app
    USING ('region:' || nullif(current_setting('app.region', true), '') = ANY (invited::text[] || convener::text));

CREATE POLICY national_reads ON national_meeting_events FOR SELECT TO escalation_national
    USING (EXISTS (SELECT FROM national_meetings m WHERE m.id = national_meeting_events.meeting_id));
CREATE POLICY national_inserts ON national_meeting_events FOR INSERT TO escalation_national
    WITH CHECK (reader = ANY (string_to_array(current_setting('app.readers', true), ','))
        AND EXISTS (SELECT FROM national_meetings m WHERE m.id = national_meeting_events.meeting_id AND m.convener = national_meeting_events.reader));

CREATE POLICY own_keys ON national_idempotency_keys TO escalation_national
    USING (client_id = nullif(current_setting('app.client', true), ''))
    WITH CHECK (client_id = nullif(current_setting('app.client', true), ''));
-- What can no longer be replayed goes with anybody's next write.
CREATE POLICY expired_keys ON national_idempotency_keys TO escalation_national
    USING (created_at <= nullif(current_setting('app.at', true), '')::timestamptz - INTERVAL '24 hours') WITH CHECK (false);

-- Events are evidence: nobody updates or deletes them. Who called a meeting, and about whom, never changes.
GRANT SELECT, INSERT ON national_meetings, national_meeting_events TO escalation_national;
GRANT UPDATE (version, invited, participants, state, data, updated_at) ON national_meetings TO escalation_national;
GRANT SELECT, INSERT, DELETE ON national_idempotency_keys TO escalation_national;
GRANT SELECT ON national_meetings TO escalation_app;
REVOKE ALL ON FUNCTION move_national_meeting FROM PUBLIC;
GRANT EXECUTE ON FUNCTION move_national_meeting TO escalation_national;
