CREATE TABLE public.alembic_version (
    version_num character varying(32) NOT NULL
);
CREATE TABLE public.ballots (
    community text NOT NULL,
    entry_id text NOT NULL,
    revision integer NOT NULL,
    voter_hash bytea NOT NULL,
    helpful boolean NOT NULL,
    cast_at timestamp with time zone NOT NULL
);
CREATE TABLE public.communities (
    community text NOT NULL,
    number integer NOT NULL,
    left_at timestamp with time zone
);
CREATE TABLE public.feedback (
    community text NOT NULL,
    entry_id text NOT NULL,
    revision integer NOT NULL,
    helpful integer NOT NULL,
    unhelpful integer NOT NULL
);
CREATE TABLE public.marks (
    community text NOT NULL,
    key text NOT NULL,
    marked_by text NOT NULL,
    marked_at timestamp with time zone NOT NULL
);
CREATE TABLE public.misses (
    community text NOT NULL,
    id text NOT NULL,
    text text NOT NULL,
    count integer NOT NULL,
    first timestamp with time zone NOT NULL,
    last timestamp with time zone NOT NULL
);
CREATE TABLE public.place_settings (
    community text NOT NULL,
    place text NOT NULL,
    name text NOT NULL,
    value text NOT NULL,
    set_by text NOT NULL,
    set_at timestamp with time zone NOT NULL
);
CREATE TABLE public.posts (
    community text NOT NULL,
    schedule_id text NOT NULL,
    due timestamp with time zone NOT NULL,
    key text NOT NULL,
    state text NOT NULL,
    fact text NOT NULL,
    until timestamp with time zone,
    tries integer NOT NULL,
    sent_at timestamp with time zone,
    note text NOT NULL
);
CREATE TABLE public.revisions (
    community text NOT NULL,
    entry_id text NOT NULL,
    number integer NOT NULL,
    change text NOT NULL,
    content text,
    base text,
    note text NOT NULL,
    made_by text NOT NULL,
    made_at timestamp with time zone NOT NULL
);
CREATE TABLE public.schedules (
    community text NOT NULL,
    id text NOT NULL,
    place text NOT NULL,
    plan text NOT NULL,
    number integer NOT NULL,
    next_at timestamp with time zone,
    paused text,
    round integer NOT NULL,
    used text NOT NULL,
    made_by text NOT NULL,
    made_at timestamp with time zone NOT NULL
);
CREATE TABLE public.seen_events (
    community text NOT NULL,
    key text NOT NULL,
    expires_at timestamp with time zone NOT NULL
);
CREATE TABLE public.settings (
    community text NOT NULL,
    name text NOT NULL,
    value text NOT NULL,
    set_by text NOT NULL,
    set_at timestamp with time zone NOT NULL
);
CREATE TABLE public.slack_bots (
    id integer NOT NULL,
    client_id character varying(32) NOT NULL,
    app_id character varying(32) NOT NULL,
    enterprise_id character varying(32),
    enterprise_name character varying(200),
    team_id character varying(32),
    team_name character varying(200),
    bot_token character varying(200),
    bot_id character varying(32),
    bot_user_id character varying(32),
    bot_scopes character varying(1000),
    bot_refresh_token character varying(200),
    bot_token_expires_at timestamp without time zone,
    is_enterprise_install boolean NOT NULL,
    installed_at timestamp without time zone NOT NULL
);
CREATE SEQUENCE public.slack_bots_id_seq
    AS integer
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;
ALTER SEQUENCE public.slack_bots_id_seq OWNED BY public.slack_bots.id;
CREATE TABLE public.slack_installations (
    id integer NOT NULL,
    client_id character varying(32) NOT NULL,
    app_id character varying(32) NOT NULL,
    enterprise_id character varying(32),
    enterprise_name character varying(200),
    enterprise_url character varying(200),
    team_id character varying(32),
    team_name character varying(200),
    bot_token character varying(200),
    bot_id character varying(32),
    bot_user_id character varying(32),
    bot_scopes character varying(1000),
    bot_refresh_token character varying(200),
    bot_token_expires_at timestamp without time zone,
    user_id character varying(32) NOT NULL,
    user_token character varying(200),
    user_scopes character varying(1000),
    user_refresh_token character varying(200),
    user_token_expires_at timestamp without time zone,
    incoming_webhook_url character varying(200),
    incoming_webhook_channel character varying(200),
    incoming_webhook_channel_id character varying(200),
    incoming_webhook_configuration_url character varying(200),
    is_enterprise_install boolean NOT NULL,
    token_type character varying(32),
    installed_at timestamp without time zone NOT NULL
);
CREATE SEQUENCE public.slack_installations_id_seq
    AS integer
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;
ALTER SEQUENCE public.slack_installations_id_seq OWNED BY public.slack_installations.id;
CREATE TABLE public.slack_oauth_states (
    id integer NOT NULL,
    state character varying(200) NOT NULL,
    expire_at timestamp without time zone NOT NULL
);
CREATE SEQUENCE public.slack_oauth_states_id_seq
    AS integer
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;
ALTER SEQUENCE public.slack_oauth_states_id_seq OWNED BY public.slack_oauth_states.id;
CREATE TABLE public.suggestions (
    community text NOT NULL,
    id text NOT NULL,
    text text NOT NULL,
    made_at timestamp with time zone NOT NULL
);
CREATE TABLE public.tallies (
    community text NOT NULL,
    day text NOT NULL,
    what text NOT NULL,
    entry_id text NOT NULL,
    count integer NOT NULL
);
CREATE TABLE public.typed (
    community text NOT NULL,
    id text NOT NULL,
    typed_by text NOT NULL,
    content text NOT NULL,
    typed_at timestamp with time zone NOT NULL
);
CREATE TABLE public.voter_keys (
    community text NOT NULL,
    key bytea NOT NULL
);
ALTER TABLE ONLY public.slack_bots ALTER COLUMN id SET DEFAULT nextval('public.slack_bots_id_seq'::regclass);
ALTER TABLE ONLY public.slack_installations ALTER COLUMN id SET DEFAULT nextval('public.slack_installations_id_seq'::regclass);
ALTER TABLE ONLY public.slack_oauth_states ALTER COLUMN id SET DEFAULT nextval('public.slack_oauth_states_id_seq'::regclass);
INSERT INTO public.alembic_version (version_num) VALUES ('0003');
INSERT INTO public.ballots (community, entry_id, revision, voter_hash, helpful, cast_at) VALUES ('slack:T000000001', 'outcomes', 1, '\x6c26d5b68df2e3a2c2fa020eff39b4943587d3c258c9c9f2fa77fc3cfc416244', true, '2026-11-26 08:00:00.123456+00');
INSERT INTO public.ballots (community, entry_id, revision, voter_hash, helpful, cast_at) VALUES ('slack:T000000001', 'outcomes', 1, '\x57a0e36a680af367d725438a1734362a3915ce733ba6605e4cacefbd63d455e2', false, '2026-11-26 08:00:00.123456+00');
INSERT INTO public.ballots (community, entry_id, revision, voter_hash, helpful, cast_at) VALUES ('discord:guild/100000000000000001', 'outcomes', 1, '\x36d3dc8d6361202cbe3f1c22041eeb976c005fc9c8f7d18f32923d52e5a4e62b', true, '2026-11-26 08:00:00.123456+00');
INSERT INTO public.ballots (community, entry_id, revision, voter_hash, helpful, cast_at) VALUES ('discord:guild/100000000000000001', 'outcomes', 1, '\x8b655ad501e67a69fb28386a6047911c2fd7e8f7b1fbf49677b1729f9318a389', false, '2026-11-26 08:00:00.123456+00');
INSERT INTO public.communities (community, number, left_at) VALUES ('slack:T000000001', 389830843, NULL);
INSERT INTO public.communities (community, number, left_at) VALUES ('discord:guild/100000000000000001', 177446293, NULL);
INSERT INTO public.communities (community, number, left_at) VALUES ('discord:guild/100000000000000009', 0, '2026-11-26 08:00:00.123456+00');
INSERT INTO public.feedback (community, entry_id, revision, helpful, unhelpful) VALUES ('slack:T000000001', 'outcomes', 1, 1, 1);
INSERT INTO public.feedback (community, entry_id, revision, helpful, unhelpful) VALUES ('discord:guild/100000000000000001', 'outcomes', 1, 1, 1);
INSERT INTO public.marks (community, key, marked_by, marked_at) VALUES ('slack:T000000001', 'stale:results 2012', 'slack:T000000001/U000000006', '2026-11-26 08:00:00.123456+00');
INSERT INTO public.marks (community, key, marked_by, marked_at) VALUES ('discord:guild/100000000000000001', 'stale:results 2012', 'discord:user/100000000000000003', '2026-11-26 08:00:00.123456+00');
INSERT INTO public.misses (community, id, text, count, first, last) VALUES ('slack:T000000001', 'd36c4981475f3738', 'where is the gala', 2, '2026-11-26 08:00:00.123456+00', '2026-11-26 09:00:00.123456+00');
INSERT INTO public.misses (community, id, text, count, first, last) VALUES ('discord:guild/100000000000000001', 'd36c4981475f3738', 'where is the gala', 2, '2026-11-26 08:00:00.123456+00', '2026-11-26 09:00:00.123456+00');
INSERT INTO public.place_settings (community, place, name, value, set_by, set_at) VALUES ('slack:T000000001', 'slack:T000000001/C000000007', 'passive', 'true', 'slack:T000000001/U000000006', '2026-11-26 08:00:00.123456+00');
INSERT INTO public.place_settings (community, place, name, value, set_by, set_at) VALUES ('discord:guild/100000000000000001', 'discord:channel/100000000000000002', 'passive', 'true', 'discord:user/100000000000000003', '2026-11-26 08:00:00.123456+00');
INSERT INTO public.posts (community, schedule_id, due, key, state, fact, until, tries, sent_at, note) VALUES ('slack:T000000001', '0a1b2c3d4e5f', '2026-11-27 08:00:00.123456+00', 'k1', 'posted', 'aaaa', NULL, 1, '2026-11-27 08:00:00.123456+00', '');
INSERT INTO public.posts (community, schedule_id, due, key, state, fact, until, tries, sent_at, note) VALUES ('discord:guild/100000000000000001', '0a1b2c3d4e5f', '2026-11-27 08:00:00.123456+00', 'k1', 'posted', 'aaaa', NULL, 1, '2026-11-27 08:00:00.123456+00', '');
INSERT INTO public.revisions (community, entry_id, number, change, content, base, note, made_by, made_at) VALUES ('slack:T000000001', 'what-does-parking-cost', 1, 'added', '{"id": "what-does-parking-cost", "question": "What does parking at the gala cost?", "alternatives": ["parking fee"], "answer": "**Five** dollars, in 2026. \u201c\u00dcn\u00efcode\u201d \ud83d\ude42", "topic": "about", "facts": [{"text": "Parking at the gala costs five dollars.", "year": 2026, "source": {"document": "Gala leaflet", "section": ""}}], "source": {"document": "Gala leaflet", "section": ""}, "as_of": 2026, "links": [{"title": "Map", "url": "https://example.org/map"}], "related": ["outcomes"]}', NULL, '', 'slack:T000000001/U000000006', '2026-11-26 08:00:00.123456+00');
INSERT INTO public.revisions (community, entry_id, number, change, content, base, note, made_by, made_at) VALUES ('slack:T000000001', 'what-does-parking-cost', 2, 'edited', '{"id": "what-does-parking-cost", "question": "What does parking at the gala cost?", "alternatives": ["parking fee"], "answer": "Six dollars, in 2026.", "topic": "about", "facts": [{"text": "Parking at the gala costs five dollars.", "year": 2026, "source": {"document": "Gala leaflet", "section": ""}}], "source": {"document": "Gala leaflet", "section": ""}, "as_of": 2026, "links": [{"title": "Map", "url": "https://example.org/map"}], "related": ["outcomes"]}', NULL, 'saved although other questions are affected', 'slack:T000000001/U000000006', '2026-11-26 08:01:00.123456+00');
INSERT INTO public.revisions (community, entry_id, number, change, content, base, note, made_by, made_at) VALUES ('slack:T000000001', 'prevention', 2, 'removed', NULL, '0123456789abcdef', '', 'slack:T000000001/U000000006', '2026-11-26 08:00:00.123456+00');
INSERT INTO public.revisions (community, entry_id, number, change, content, base, note, made_by, made_at) VALUES ('discord:guild/100000000000000001', 'what-does-parking-cost', 1, 'added', '{"id": "what-does-parking-cost", "question": "What does parking at the gala cost?", "alternatives": ["parking fee"], "answer": "**Five** dollars, in 2026. \u201c\u00dcn\u00efcode\u201d \ud83d\ude42", "topic": "about", "facts": [{"text": "Parking at the gala costs five dollars.", "year": 2026, "source": {"document": "Gala leaflet", "section": ""}}], "source": {"document": "Gala leaflet", "section": ""}, "as_of": 2026, "links": [{"title": "Map", "url": "https://example.org/map"}], "related": ["outcomes"]}', NULL, '', 'discord:user/100000000000000003', '2026-11-26 08:00:00.123456+00');
INSERT INTO public.revisions (community, entry_id, number, change, content, base, note, made_by, made_at) VALUES ('discord:guild/100000000000000001', 'what-does-parking-cost', 2, 'edited', '{"id": "what-does-parking-cost", "question": "What does parking at the gala cost?", "alternatives": ["parking fee"], "answer": "Six dollars, in 2026.", "topic": "about", "facts": [{"text": "Parking at the gala costs five dollars.", "year": 2026, "source": {"document": "Gala leaflet", "section": ""}}], "source": {"document": "Gala leaflet", "section": ""}, "as_of": 2026, "links": [{"title": "Map", "url": "https://example.org/map"}], "related": ["outcomes"]}', NULL, 'saved although other questions are affected', 'discord:user/100000000000000003', '2026-11-26 08:01:00.123456+00');
INSERT INTO public.revisions (community, entry_id, number, change, content, base, note, made_by, made_at) VALUES ('discord:guild/100000000000000001', 'prevention', 2, 'removed', NULL, '0123456789abcdef', '', 'discord:user/100000000000000003', '2026-11-26 08:00:00.123456+00');
INSERT INTO public.schedules (community, id, place, plan, number, next_at, paused, round, used, made_by, made_at) VALUES ('slack:T000000001', 'ffffffffffff', 'slack:T000000001/C000000007', '{"weekdays": [0, 3], "at": "09:00", "zone": "America/New_York", "quiet": [["2026-12-24", "2027-01-02"]], "topic": "", "follow": "name", "older": false}', 1, NULL, 'the channel is gone', 0, '[]', 'slack:T000000001/U000000006', '2026-11-26 08:00:00.123456+00');
INSERT INTO public.schedules (community, id, place, plan, number, next_at, paused, round, used, made_by, made_at) VALUES ('slack:T000000001', '0a1b2c3d4e5f', 'slack:T000000001/C000000007', '{"weekdays": [0, 3], "at": "09:00", "zone": "America/New_York", "quiet": [["2026-12-24", "2027-01-02"]], "topic": "", "follow": "name", "older": false}', 2, '2026-11-27 08:00:00.123456+00', NULL, 1, '["aaaa", "bbbb"]', 'slack:T000000001/U000000006', '2026-11-26 08:00:00.123456+00');
INSERT INTO public.schedules (community, id, place, plan, number, next_at, paused, round, used, made_by, made_at) VALUES ('discord:guild/100000000000000001', 'ffffffffffff', 'discord:channel/100000000000000002', '{"weekdays": [0, 3], "at": "09:00", "zone": "America/New_York", "quiet": [["2026-12-24", "2027-01-02"]], "topic": "", "follow": "name", "older": false}', 1, NULL, 'the channel is gone', 0, '[]', 'discord:user/100000000000000003', '2026-11-26 08:00:00.123456+00');
INSERT INTO public.schedules (community, id, place, plan, number, next_at, paused, round, used, made_by, made_at) VALUES ('discord:guild/100000000000000001', '0a1b2c3d4e5f', 'discord:channel/100000000000000002', '{"weekdays": [0, 3], "at": "09:00", "zone": "America/New_York", "quiet": [["2026-12-24", "2027-01-02"]], "topic": "", "follow": "name", "older": false}', 2, '2026-11-27 08:00:00.123456+00', NULL, 1, '["aaaa", "bbbb"]', 'discord:user/100000000000000003', '2026-11-26 08:00:00.123456+00');
INSERT INTO public.seen_events (community, key, expires_at) VALUES ('slack:T000000001', 'slack:T000000001/event/Ev1', '2026-11-28 08:00:00.123456+00');
INSERT INTO public.seen_events (community, key, expires_at) VALUES ('discord:guild/100000000000000001', 'discord:guild/100000000000000001/event/Ev1', '2026-11-28 08:00:00.123456+00');
INSERT INTO public.settings (community, name, value, set_by, set_at) VALUES ('slack:T000000001', 'notices', '"slack:T000000001/C000000007"', 'slack:T000000001/U000000006', '2026-11-26 08:00:00.123456+00');
INSERT INTO public.settings (community, name, value, set_by, set_at) VALUES ('slack:T000000001', 'stale', '3', 'slack:T000000001/U000000006', '2026-11-26 08:00:00.123456+00');
INSERT INTO public.settings (community, name, value, set_by, set_at) VALUES ('slack:T000000001', 'approval', 'true', 'slack:T000000001/U000000006', '2026-11-26 08:00:00.123456+00');
INSERT INTO public.settings (community, name, value, set_by, set_at) VALUES ('slack:T000000001', 'help_line', '"Campus safety, 555-010-0199"', 'slack:T000000001/U000000006', '2026-11-26 08:00:00.123456+00');
INSERT INTO public.settings (community, name, value, set_by, set_at) VALUES ('slack:T000000001', 'moderators', '["slack:T000000001/S000000009"]', 'slack:T000000001/U000000006', '2026-11-26 08:00:00.123456+00');
INSERT INTO public.settings (community, name, value, set_by, set_at) VALUES ('discord:guild/100000000000000001', 'notices', '"discord:channel/100000000000000002"', 'discord:user/100000000000000003', '2026-11-26 08:00:00.123456+00');
INSERT INTO public.settings (community, name, value, set_by, set_at) VALUES ('discord:guild/100000000000000001', 'stale', '3', 'discord:user/100000000000000003', '2026-11-26 08:00:00.123456+00');
INSERT INTO public.settings (community, name, value, set_by, set_at) VALUES ('discord:guild/100000000000000001', 'approval', 'true', 'discord:user/100000000000000003', '2026-11-26 08:00:00.123456+00');
INSERT INTO public.settings (community, name, value, set_by, set_at) VALUES ('discord:guild/100000000000000001', 'help_line', '"Campus safety, 555-010-0199"', 'discord:user/100000000000000003', '2026-11-26 08:00:00.123456+00');
INSERT INTO public.settings (community, name, value, set_by, set_at) VALUES ('discord:guild/100000000000000001', 'moderators', '["slack:T000000001/S000000009"]', 'discord:user/100000000000000003', '2026-11-26 08:00:00.123456+00');
INSERT INTO public.slack_bots (id, client_id, app_id, enterprise_id, enterprise_name, team_id, team_name, bot_token, bot_id, bot_user_id, bot_scopes, bot_refresh_token, bot_token_expires_at, is_enterprise_install, installed_at) VALUES (1, '1.2', 'A000000001', NULL, NULL, 'T000000001', 'Campus', 'xoxb-kept', 'B000000003', 'U000000002', 'chat:write,commands', NULL, NULL, false, '2026-11-26 08:00:00.123456');
INSERT INTO public.slack_installations (id, client_id, app_id, enterprise_id, enterprise_name, enterprise_url, team_id, team_name, bot_token, bot_id, bot_user_id, bot_scopes, bot_refresh_token, bot_token_expires_at, user_id, user_token, user_scopes, user_refresh_token, user_token_expires_at, incoming_webhook_url, incoming_webhook_channel, incoming_webhook_channel_id, incoming_webhook_configuration_url, is_enterprise_install, token_type, installed_at) VALUES (1, '1.2', 'A000000001', NULL, NULL, NULL, 'T000000001', 'Campus', 'xoxb-kept', 'B000000003', 'U000000002', 'chat:write,commands', NULL, NULL, 'U000000006', NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, false, NULL, '2026-11-26 08:00:00.123456');
INSERT INTO public.suggestions (community, id, text, made_at) VALUES ('slack:T000000001', '06020ecf5344f789', 'When do we meet?', '2026-11-26 08:00:00.123456+00');
INSERT INTO public.suggestions (community, id, text, made_at) VALUES ('discord:guild/100000000000000001', '06020ecf5344f789', 'When do we meet?', '2026-11-26 08:00:00.123456+00');
INSERT INTO public.tallies (community, day, what, entry_id, count) VALUES ('slack:T000000001', '2026-11-26', 'answer', 'outcomes', 3);
INSERT INTO public.tallies (community, day, what, entry_id, count) VALUES ('slack:T000000001', '2026-11-26', 'unknown', '', 1);
INSERT INTO public.tallies (community, day, what, entry_id, count) VALUES ('discord:guild/100000000000000001', '2026-11-26', 'answer', 'outcomes', 3);
INSERT INTO public.tallies (community, day, what, entry_id, count) VALUES ('discord:guild/100000000000000001', '2026-11-26', 'unknown', '', 1);
INSERT INTO public.typed (community, id, typed_by, content, typed_at) VALUES ('slack:T000000001', '84a7b844f2349c33', 'slack:T000000001/U000000006', '{"question": "What is new?", "answer": "Much.", "topic": "about"}', '2026-11-26 08:00:00.123456+00');
INSERT INTO public.typed (community, id, typed_by, content, typed_at) VALUES ('discord:guild/100000000000000001', '6e281068f862ab73', 'discord:user/100000000000000003', '{"question": "What is new?", "answer": "Much.", "topic": "about"}', '2026-11-26 08:00:00.123456+00');
INSERT INTO public.voter_keys (community, key) VALUES ('slack:T000000001', '\x79f333018639a5a97b582e3397c23b359523b242cf5d8d1fbdee7fc838a63ce2');
INSERT INTO public.voter_keys (community, key) VALUES ('discord:guild/100000000000000001', '\xbb047ec7e1fd9a889557a5707afd087e69847df7d75eb4777765ae8895ff2409');
SELECT pg_catalog.setval('public.slack_bots_id_seq', 1, true);
SELECT pg_catalog.setval('public.slack_installations_id_seq', 1, true);
SELECT pg_catalog.setval('public.slack_oauth_states_id_seq', 1, false);
ALTER TABLE ONLY public.alembic_version
    ADD CONSTRAINT alembic_version_pkc PRIMARY KEY (version_num);
ALTER TABLE ONLY public.ballots
    ADD CONSTRAINT pk_ballots PRIMARY KEY (community, entry_id, revision, voter_hash);
ALTER TABLE ONLY public.communities
    ADD CONSTRAINT pk_communities PRIMARY KEY (community);
ALTER TABLE ONLY public.feedback
    ADD CONSTRAINT pk_feedback PRIMARY KEY (community, entry_id, revision);
ALTER TABLE ONLY public.marks
    ADD CONSTRAINT pk_marks PRIMARY KEY (community, key);
ALTER TABLE ONLY public.misses
    ADD CONSTRAINT pk_misses PRIMARY KEY (community, id);
ALTER TABLE ONLY public.place_settings
    ADD CONSTRAINT pk_place_settings PRIMARY KEY (community, place, name);
ALTER TABLE ONLY public.posts
    ADD CONSTRAINT pk_posts PRIMARY KEY (community, schedule_id, due);
ALTER TABLE ONLY public.revisions
    ADD CONSTRAINT pk_revisions PRIMARY KEY (community, entry_id, number);
ALTER TABLE ONLY public.schedules
    ADD CONSTRAINT pk_schedules PRIMARY KEY (community, id);
ALTER TABLE ONLY public.seen_events
    ADD CONSTRAINT pk_seen_events PRIMARY KEY (community, key);
ALTER TABLE ONLY public.settings
    ADD CONSTRAINT pk_settings PRIMARY KEY (community, name);
ALTER TABLE ONLY public.suggestions
    ADD CONSTRAINT pk_suggestions PRIMARY KEY (community, id);
ALTER TABLE ONLY public.tallies
    ADD CONSTRAINT pk_tallies PRIMARY KEY (community, day, what, entry_id);
ALTER TABLE ONLY public.typed
    ADD CONSTRAINT pk_typed PRIMARY KEY (community, id);
ALTER TABLE ONLY public.voter_keys
    ADD CONSTRAINT pk_voter_keys PRIMARY KEY (community);
ALTER TABLE ONLY public.slack_bots
    ADD CONSTRAINT slack_bots_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.slack_installations
    ADD CONSTRAINT slack_installations_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.slack_oauth_states
    ADD CONSTRAINT slack_oauth_states_pkey PRIMARY KEY (id);
CREATE INDEX ix_ballots_cast_at ON public.ballots USING btree (cast_at);
CREATE INDEX ix_misses_last ON public.misses USING btree (last);
CREATE INDEX ix_posts_due ON public.posts USING btree (due);
CREATE INDEX ix_posts_until ON public.posts USING btree (until);
CREATE INDEX ix_schedules_next_at ON public.schedules USING btree (next_at);
CREATE INDEX ix_seen_events_expires_at ON public.seen_events USING btree (expires_at);
CREATE INDEX ix_suggestions_made_at ON public.suggestions USING btree (made_at);
CREATE INDEX ix_typed_typed_at ON public.typed USING btree (typed_at);
CREATE INDEX slack_bots_idx ON public.slack_bots USING btree (client_id, enterprise_id, team_id, installed_at);
CREATE INDEX slack_installations_idx ON public.slack_installations USING btree (client_id, enterprise_id, team_id, user_id, installed_at);
ALTER TABLE ONLY public.ballots
    ADD CONSTRAINT fk_ballots_feedback FOREIGN KEY (community, entry_id, revision) REFERENCES public.feedback(community, entry_id, revision) ON DELETE CASCADE;
ALTER TABLE ONLY public.posts
    ADD CONSTRAINT fk_posts_schedules FOREIGN KEY (community, schedule_id) REFERENCES public.schedules(community, id) ON DELETE CASCADE;
