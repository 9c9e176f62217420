PRAGMA foreign_keys=OFF;
BEGIN TRANSACTION;
CREATE TABLE alembic_version (
	version_num VARCHAR(32) NOT NULL,
	CONSTRAINT alembic_version_pkc PRIMARY KEY (version_num)
);
INSERT INTO alembic_version VALUES('0003');
CREATE TABLE voter_keys (
	community TEXT NOT NULL,
	"key" BLOB NOT NULL,
	CONSTRAINT pk_voter_keys PRIMARY KEY (community)
);
INSERT INTO voter_keys VALUES('slack:T000000001',X'14461eb53dccc594161622ea91c747c99ced95ad2bcbb7026cc35c05b8e4b79a');
INSERT INTO voter_keys VALUES('discord:guild/100000000000000001',X'28e778c1e0c1252ab1d7a1d90315aa5192a4a794d8569338a76c4be27139bd40');
CREATE TABLE feedback (
	community TEXT NOT NULL,
	entry_id TEXT NOT NULL,
	revision INTEGER NOT NULL,
	helpful INTEGER NOT NULL,
	unhelpful INTEGER NOT NULL,
	CONSTRAINT pk_feedback PRIMARY KEY (community, entry_id, revision)
);
INSERT INTO feedback VALUES('slack:T000000001','outcomes',1,1,1);
INSERT INTO feedback VALUES('discord:guild/100000000000000001','outcomes',1,1,1);
CREATE TABLE ballots (
	community TEXT NOT NULL,
	entry_id TEXT NOT NULL,
	revision INTEGER NOT NULL,
	voter_hash BLOB NOT NULL,
	helpful BOOLEAN NOT NULL,
	cast_at DATETIME NOT NULL,
	CONSTRAINT pk_ballots PRIMARY KEY (community, entry_id, revision, voter_hash),
	CONSTRAINT fk_ballots_feedback FOREIGN KEY(community, entry_id, revision) REFERENCES feedback (community, entry_id, revision) ON DELETE CASCADE
);
INSERT INTO ballots VALUES('slack:T000000001','outcomes',1,X'eb5694f6309e52894052bde9bedda79009e0faa31d1122bb7ee77b7f71a9885c',1,'2026-11-26 08:00:00.123456');
INSERT INTO ballots VALUES('slack:T000000001','outcomes',1,X'7cbb5e6b1c48708f151ce6208b48a5e8a4928d887715f06bf6b1eee6a4cfa14c',0,'2026-11-26 08:00:00.123456');
INSERT INTO ballots VALUES('discord:guild/100000000000000001','outcomes',1,X'78f31edd9e822cb1b4b180feac53911fd6975434e1c9adc450eb299a7a99abd2',1,'2026-11-26 08:00:00.123456');
INSERT INTO ballots VALUES('discord:guild/100000000000000001','outcomes',1,X'cc88ac2a07eb55a9e07f34d6438177fe0beb12db152a6d12664e20e60a033c15',0,'2026-11-26 08:00:00.123456');
CREATE TABLE settings (
	community TEXT NOT NULL,
	name TEXT NOT NULL,
	value TEXT NOT NULL,
	set_by TEXT NOT NULL,
	set_at DATETIME NOT NULL,
	CONSTRAINT pk_settings PRIMARY KEY (community, name)
);
INSERT INTO settings VALUES('slack:T000000001','notices','"slack:T000000001/C000000007"','slack:T000000001/U000000006','2026-11-26 08:00:00.123456');
INSERT INTO settings VALUES('slack:T000000001','stale','3','slack:T000000001/U000000006','2026-11-26 08:00:00.123456');
INSERT INTO settings VALUES('slack:T000000001','approval','true','slack:T000000001/U000000006','2026-11-26 08:00:00.123456');
INSERT INTO settings VALUES('slack:T000000001','help_line','"Campus safety, 555-010-0199"','slack:T000000001/U000000006','2026-11-26 08:00:00.123456');
INSERT INTO settings VALUES('slack:T000000001','moderators','["slack:T000000001/S000000009"]','slack:T000000001/U000000006','2026-11-26 08:00:00.123456');
INSERT INTO settings VALUES('discord:guild/100000000000000001','notices','"discord:channel/100000000000000002"','discord:user/100000000000000003','2026-11-26 08:00:00.123456');
INSERT INTO settings VALUES('discord:guild/100000000000000001','stale','3','discord:user/100000000000000003','2026-11-26 08:00:00.123456');
INSERT INTO settings VALUES('discord:guild/100000000000000001','approval','true','discord:user/100000000000000003','2026-11-26 08:00:00.123456');
INSERT INTO settings VALUES('discord:guild/100000000000000001','help_line','"Campus safety, 555-010-0199"','discord:user/100000000000000003','2026-11-26 08:00:00.123456');
INSERT INTO settings VALUES('discord:guild/100000000000000001','moderators','["slack:T000000001/S000000009"]','discord:user/100000000000000003','2026-11-26 08:00:00.123456');
CREATE TABLE place_settings (
	community TEXT NOT NULL,
	place TEXT NOT NULL,
	name TEXT NOT NULL,
	value TEXT NOT NULL,
	set_by TEXT NOT NULL,
	set_at DATETIME NOT NULL,
	CONSTRAINT pk_place_settings PRIMARY KEY (community, place, name)
);
INSERT INTO place_settings VALUES('slack:T000000001','slack:T000000001/C000000007','passive','true','slack:T000000001/U000000006','2026-11-26 08:00:00.123456');
INSERT INTO place_settings VALUES('discord:guild/100000000000000001','discord:channel/100000000000000002','passive','true','discord:user/100000000000000003','2026-11-26 08:00:00.123456');
CREATE TABLE seen_events (
	community TEXT NOT NULL,
	"key" TEXT NOT NULL,
	expires_at DATETIME NOT NULL,
	CONSTRAINT pk_seen_events PRIMARY KEY (community, "key")
);
INSERT INTO seen_events VALUES('slack:T000000001','slack:T000000001/event/Ev1','2026-11-28 08:00:00.123456');
INSERT INTO seen_events VALUES('discord:guild/100000000000000001','discord:guild/100000000000000001/event/Ev1','2026-11-28 08:00:00.123456');
CREATE TABLE communities (
	community TEXT NOT NULL,
	number INTEGER NOT NULL,
	left_at DATETIME,
	CONSTRAINT pk_communities PRIMARY KEY (community)
);
INSERT INTO communities VALUES('slack:T000000001',883832542,NULL);
INSERT INTO communities VALUES('discord:guild/100000000000000001',746557412,NULL);
INSERT INTO communities VALUES('discord:guild/100000000000000009',0,'2026-11-26 08:00:00.123456');
CREATE TABLE revisions (
	community TEXT NOT NULL,
	entry_id TEXT NOT NULL,
	number INTEGER NOT NULL,
	change TEXT NOT NULL,
	content TEXT,
	base TEXT,
	note TEXT NOT NULL,
	made_by TEXT NOT NULL,
	made_at DATETIME NOT NULL,
	CONSTRAINT pk_revisions PRIMARY KEY (community, entry_id, number)
);
INSERT INTO revisions VALUES('slack:T000000001','what-does-parking-cost',1,'added','{"id": "what-does-parking-cost", "question": "What does parking at the gala cost?", "alternatives": ["parking fee"], "answer": "**Five** dollars, in 2026. \u201c\u00dcn\u00efcode\u201d \ud83d\ude42", "topic": "about", "facts": [{"text": "Parking at the gala costs five dollars.", "year": 2026, "source": {"document": "Gala leaflet", "section": ""}}], "source": {"document": "Gala leaflet", "section": ""}, "as_of": 2026, "links": [{"title": "Map", "url": "https://example.org/map"}], "related": ["outcomes"]}',NULL,'','slack:T000000001/U000000006','2026-11-26 08:00:00.123456');
INSERT INTO revisions VALUES('slack:T000000001','what-does-parking-cost',2,'edited','{"id": "what-does-parking-cost", "question": "What does parking at the gala cost?", "alternatives": ["parking fee"], "answer": "Six dollars, in 2026.", "topic": "about", "facts": [{"text": "Parking at the gala costs five dollars.", "year": 2026, "source": {"document": "Gala leaflet", "section": ""}}], "source": {"document": "Gala leaflet", "section": ""}, "as_of": 2026, "links": [{"title": "Map", "url": "https://example.org/map"}], "related": ["outcomes"]}',NULL,'saved although other questions are affected','slack:T000000001/U000000006','2026-11-26 08:01:00.123456');
INSERT INTO revisions VALUES('slack:T000000001','prevention',2,'removed',NULL,'0123456789abcdef','','slack:T000000001/U000000006','2026-11-26 08:00:00.123456');
INSERT INTO revisions VALUES('discord:guild/100000000000000001','what-does-parking-cost',1,'added','{"id": "what-does-parking-cost", "question": "What does parking at the gala cost?", "alternatives": ["parking fee"], "answer": "**Five** dollars, in 2026. \u201c\u00dcn\u00efcode\u201d \ud83d\ude42", "topic": "about", "facts": [{"text": "Parking at the gala costs five dollars.", "year": 2026, "source": {"document": "Gala leaflet", "section": ""}}], "source": {"document": "Gala leaflet", "section": ""}, "as_of": 2026, "links": [{"title": "Map", "url": "https://example.org/map"}], "related": ["outcomes"]}',NULL,'','discord:user/100000000000000003','2026-11-26 08:00:00.123456');
INSERT INTO revisions VALUES('discord:guild/100000000000000001','what-does-parking-cost',2,'edited','{"id": "what-does-parking-cost", "question": "What does parking at the gala cost?", "alternatives": ["parking fee"], "answer": "Six dollars, in 2026.", "topic": "about", "facts": [{"text": "Parking at the gala costs five dollars.", "year": 2026, "source": {"document": "Gala leaflet", "section": ""}}], "source": {"document": "Gala leaflet", "section": ""}, "as_of": 2026, "links": [{"title": "Map", "url": "https://example.org/map"}], "related": ["outcomes"]}',NULL,'saved although other questions are affected','discord:user/100000000000000003','2026-11-26 08:01:00.123456');
INSERT INTO revisions VALUES('discord:guild/100000000000000001','prevention',2,'removed',NULL,'0123456789abcdef','','discord:user/100000000000000003','2026-11-26 08:00:00.123456');
CREATE TABLE misses (
	community TEXT NOT NULL,
	id TEXT NOT NULL,
	text TEXT NOT NULL,
	count INTEGER NOT NULL,
	first DATETIME NOT NULL,
	last DATETIME NOT NULL,
	CONSTRAINT pk_misses PRIMARY KEY (community, id)
);
INSERT INTO misses VALUES('slack:T000000001','d36c4981475f3738','where is the gala',2,'2026-11-26 08:00:00.123456','2026-11-26 09:00:00.123456');
INSERT INTO misses VALUES('discord:guild/100000000000000001','d36c4981475f3738','where is the gala',2,'2026-11-26 08:00:00.123456','2026-11-26 09:00:00.123456');
CREATE TABLE suggestions (
	community TEXT NOT NULL,
	id TEXT NOT NULL,
	text TEXT NOT NULL,
	made_at DATETIME NOT NULL,
	CONSTRAINT pk_suggestions PRIMARY KEY (community, id)
);
INSERT INTO suggestions VALUES('slack:T000000001','06020ecf5344f789','When do we meet?','2026-11-26 08:00:00.123456');
INSERT INTO suggestions VALUES('discord:guild/100000000000000001','06020ecf5344f789','When do we meet?','2026-11-26 08:00:00.123456');
CREATE TABLE typed (
	community TEXT NOT NULL,
	id TEXT NOT NULL,
	typed_by TEXT NOT NULL,
	content TEXT NOT NULL,
	typed_at DATETIME NOT NULL,
	CONSTRAINT pk_typed PRIMARY KEY (community, id)
);
INSERT INTO typed VALUES('slack:T000000001','5b9edec26735cb1f','slack:T000000001/U000000006','{"question": "What is new?", "answer": "Much.", "topic": "about"}','2026-11-26 08:00:00.123456');
INSERT INTO typed VALUES('discord:guild/100000000000000001','3e13c976f17f834b','discord:user/100000000000000003','{"question": "What is new?", "answer": "Much.", "topic": "about"}','2026-11-26 08:00:00.123456');
CREATE TABLE marks (
	community TEXT NOT NULL,
	"key" TEXT NOT NULL,
	marked_by TEXT NOT NULL,
	marked_at DATETIME NOT NULL,
	CONSTRAINT pk_marks PRIMARY KEY (community, "key")
);
INSERT INTO marks VALUES('slack:T000000001','stale:results 2012','slack:T000000001/U000000006','2026-11-26 08:00:00.123456');
INSERT INTO marks VALUES('discord:guild/100000000000000001','stale:results 2012','discord:user/100000000000000003','2026-11-26 08:00:00.123456');
CREATE TABLE tallies (
	community TEXT NOT NULL,
	day TEXT NOT NULL,
	what TEXT NOT NULL,
	entry_id TEXT NOT NULL,
	count INTEGER NOT NULL,
	CONSTRAINT pk_tallies PRIMARY KEY (community, day, what, entry_id)
);
INSERT INTO tallies VALUES('slack:T000000001','2026-11-26','answer','outcomes',3);
INSERT INTO tallies VALUES('slack:T000000001','2026-11-26','unknown','',1);
INSERT INTO tallies VALUES('discord:guild/100000000000000001','2026-11-26','answer','outcomes',3);
INSERT INTO tallies VALUES('discord:guild/100000000000000001','2026-11-26','unknown','',1);
CREATE TABLE schedules (
	community TEXT NOT NULL,
	id TEXT NOT NULL,
	place TEXT NOT NULL,
	"plan" TEXT NOT NULL,
	number INTEGER NOT NULL,
	next_at DATETIME,
	paused TEXT,
	round INTEGER NOT NULL,
	used TEXT NOT NULL,
	made_by TEXT NOT NULL,
	made_at DATETIME NOT NULL,
	CONSTRAINT pk_schedules PRIMARY KEY (community, id)
);
INSERT INTO schedules VALUES('slack:T000000001','0a1b2c3d4e5f','slack:T000000001/C000000007','{"weekdays": [0, 3], "at": "09:00", "zone": "America/New_York", "quiet": [["2026-12-24", "2027-01-02"]], "topic": "", "follow": "name", "older": false}',2,'2026-11-27 08:00:00.123456',NULL,1,'["aaaa", "bbbb"]','slack:T000000001/U000000006','2026-11-26 08:00:00.123456');
INSERT INTO schedules VALUES('slack:T000000001','ffffffffffff','slack:T000000001/C000000007','{"weekdays": [0, 3], "at": "09:00", "zone": "America/New_York", "quiet": [["2026-12-24", "2027-01-02"]], "topic": "", "follow": "name", "older": false}',1,NULL,'the channel is gone',0,'[]','slack:T000000001/U000000006','2026-11-26 08:00:00.123456');
INSERT INTO schedules VALUES('discord:guild/100000000000000001','0a1b2c3d4e5f','discord:channel/100000000000000002','{"weekdays": [0, 3], "at": "09:00", "zone": "America/New_York", "quiet": [["2026-12-24", "2027-01-02"]], "topic": "", "follow": "name", "older": false}',2,'2026-11-27 08:00:00.123456',NULL,1,'["aaaa", "bbbb"]','discord:user/100000000000000003','2026-11-26 08:00:00.123456');
INSERT INTO schedules VALUES('discord:guild/100000000000000001','ffffffffffff','discord:channel/100000000000000002','{"weekdays": [0, 3], "at": "09:00", "zone": "America/New_York", "quiet": [["2026-12-24", "2027-01-02"]], "topic": "", "follow": "name", "older": false}',1,NULL,'the channel is gone',0,'[]','discord:user/100000000000000003','2026-11-26 08:00:00.123456');
CREATE TABLE posts (
	community TEXT NOT NULL,
	schedule_id TEXT NOT NULL,
	due DATETIME NOT NULL,
	"key" TEXT NOT NULL,
	state TEXT NOT NULL,
	fact TEXT NOT NULL,
	until DATETIME,
	tries INTEGER NOT NULL,
	sent_at DATETIME,
	note TEXT NOT NULL,
	CONSTRAINT pk_posts PRIMARY KEY (community, schedule_id, due),
	CONSTRAINT fk_posts_schedules FOREIGN KEY(community, schedule_id) REFERENCES schedules (community, id) ON DELETE CASCADE
);
INSERT INTO posts VALUES('slack:T000000001','0a1b2c3d4e5f','2026-11-27 08:00:00.123456','k1','posted','aaaa',NULL,1,'2026-11-27 08:00:00.123456','');
INSERT INTO posts VALUES('discord:guild/100000000000000001','0a1b2c3d4e5f','2026-11-27 08:00:00.123456','k1','posted','aaaa',NULL,1,'2026-11-27 08:00:00.123456','');
CREATE TABLE slack_bots (
	id INTEGER NOT NULL,
	client_id VARCHAR(32) NOT NULL,
	app_id VARCHAR(32) NOT NULL,
	enterprise_id VARCHAR(32),
	enterprise_name VARCHAR(200),
	team_id VARCHAR(32),
	team_name VARCHAR(200),
	bot_token VARCHAR(200),
	bot_id VARCHAR(32),
	bot_user_id VARCHAR(32),
	bot_scopes VARCHAR(1000),
	bot_refresh_token VARCHAR(200),
	bot_token_expires_at DATETIME,
	is_enterprise_install BOOLEAN NOT NULL,
	installed_at DATETIME NOT NULL,
	PRIMARY KEY (id)
);
INSERT INTO slack_bots VALUES(1,'1.2','A000000001',NULL,NULL,'T000000001','Campus','xoxb-kept','B000000003','U000000002','chat:write,commands',NULL,NULL,0,'2026-11-26 08:00:00.123456');
CREATE TABLE slack_installations (
	id INTEGER NOT NULL,
	client_id VARCHAR(32) NOT NULL,
	app_id VARCHAR(32) NOT NULL,
	enterprise_id VARCHAR(32),
	enterprise_name VARCHAR(200),
	enterprise_url VARCHAR(200),
	team_id VARCHAR(32),
	team_name VARCHAR(200),
	bot_token VARCHAR(200),
	bot_id VARCHAR(32),
	bot_user_id VARCHAR(32),
	bot_scopes VARCHAR(1000),
	bot_refresh_token VARCHAR(200),
	bot_token_expires_at DATETIME,
	user_id VARCHAR(32) NOT NULL,
	user_token VARCHAR(200),
	user_scopes VARCHAR(1000),
	user_refresh_token VARCHAR(200),
	user_token_expires_at DATETIME,
	incoming_webhook_url VARCHAR(200),
	incoming_webhook_channel VARCHAR(200),
	incoming_webhook_channel_id VARCHAR(200),
	incoming_webhook_configuration_url VARCHAR(200),
	is_enterprise_install BOOLEAN NOT NULL,
	token_type VARCHAR(32),
	installed_at DATETIME NOT NULL,
	PRIMARY KEY (id)
);
INSERT INTO slack_installations VALUES(1,'1.2','A000000001',NULL,NULL,NULL,'T000000001','Campus','xoxb-kept','B000000003','U000000002','chat:write,commands',NULL,NULL,'U000000006',NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,0,NULL,'2026-11-26 08:00:00.123456');
CREATE TABLE slack_oauth_states (
	id INTEGER NOT NULL,
	state VARCHAR(200) NOT NULL,
	expire_at DATETIME NOT NULL,
	PRIMARY KEY (id)
);
CREATE INDEX ix_ballots_cast_at ON ballots (cast_at);
CREATE INDEX ix_seen_events_expires_at ON seen_events (expires_at);
CREATE INDEX ix_misses_last ON misses (last);
CREATE INDEX ix_suggestions_made_at ON suggestions (made_at);
CREATE INDEX ix_typed_typed_at ON typed (typed_at);
CREATE INDEX ix_schedules_next_at ON schedules (next_at);
CREATE INDEX ix_posts_due ON posts (due);
CREATE INDEX ix_posts_until ON posts (until);
CREATE INDEX slack_bots_idx ON slack_bots (client_id, enterprise_id, team_id, installed_at);
CREATE INDEX slack_installations_idx ON slack_installations (client_id, enterprise_id, team_id, user_id, installed_at);
COMMIT;
