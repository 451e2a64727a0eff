-- What all migrations come to. Generated: `make docs` after each new one.

CREATE TABLE alembic_version (
	version_num VARCHAR(32) NOT NULL,
	CONSTRAINT alembic_version_pkc PRIMARY KEY (version_num)
);

CREATE TABLE sessions (
	id TEXT NOT NULL,
	owner TEXT NOT NULL,
	title TEXT NOT NULL,
	model TEXT NOT NULL,
	system TEXT,
	origin TEXT NOT NULL,
	cwd TEXT,
	created INTEGER NOT NULL,
	updated INTEGER NOT NULL,
	PRIMARY KEY (id)
);

CREATE INDEX sessions_by_update ON sessions (owner, updated);

CREATE TABLE turns (
	"row" INTEGER NOT NULL,
	session TEXT NOT NULL,
	number INTEGER NOT NULL,
	input TEXT NOT NULL,
	output TEXT NOT NULL,
	state TEXT NOT NULL,
	model TEXT NOT NULL,
	provider TEXT,
	finish_reason TEXT,
	tokens_in INTEGER,
	tokens_out INTEGER,
	estimated INTEGER,
	cost TEXT,
	error TEXT,
	request TEXT,
	created INTEGER NOT NULL,
	finished INTEGER, daemon INTEGER, steps TEXT,
	PRIMARY KEY ("row"),
	UNIQUE (session, number),
	FOREIGN KEY(session) REFERENCES sessions (id) ON DELETE CASCADE
);

CREATE TABLE ledger (
	request TEXT NOT NULL,
	ts INTEGER NOT NULL,
	client TEXT NOT NULL,
	session TEXT,
	provider TEXT NOT NULL,
	model TEXT NOT NULL,
	tokens_in INTEGER NOT NULL,
	tokens_out INTEGER NOT NULL,
	estimated INTEGER NOT NULL,
	cost TEXT,
	currency TEXT,
	state TEXT NOT NULL,
	error TEXT,
	first_token_ms INTEGER,
	total_ms INTEGER NOT NULL, token TEXT, local INTEGER DEFAULT 0 NOT NULL,
	PRIMARY KEY (request)
);

CREATE VIRTUAL TABLE turns_text USING fts5(input, output, content='turns', content_rowid='row', tokenize='unicode61 remove_diacritics 2');

CREATE TRIGGER turns_text_insert AFTER INSERT ON turns BEGIN INSERT INTO turns_text(rowid, input, output) VALUES (new.row, new.input, new.output); END;

CREATE TRIGGER turns_text_delete AFTER DELETE ON turns BEGIN INSERT INTO turns_text(turns_text, rowid, input, output) VALUES ('delete', old.row, old.input, old.output); END;

CREATE TRIGGER turns_text_update AFTER UPDATE OF input, output ON turns BEGIN INSERT INTO turns_text(turns_text, rowid, input, output) VALUES ('delete', old.row, old.input, old.output); INSERT INTO turns_text(rowid, input, output) VALUES (new.row, new.input, new.output); END;

CREATE TABLE tokens (
	id TEXT NOT NULL,
	name TEXT NOT NULL,
	digest TEXT NOT NULL,
	scopes TEXT NOT NULL,
	models TEXT NOT NULL,
	boundary TEXT NOT NULL,
	created INTEGER NOT NULL,
	expires INTEGER,
	last_used INTEGER,
	revoked INTEGER, user TEXT, requests_per_minute INTEGER, spend TEXT,
	PRIMARY KEY (id),
	UNIQUE (digest)
);

CREATE TABLE key_history (
	provider TEXT NOT NULL,
	origin TEXT NOT NULL,
	name TEXT NOT NULL,
	last_used INTEGER,
	tested INTEGER,
	state TEXT,
	status INTEGER,
	reason TEXT,
	PRIMARY KEY (provider, origin, name)
);

CREATE TABLE model_lists (
	provider TEXT NOT NULL,
	models TEXT NOT NULL,
	gone TEXT NOT NULL,
	fetched INTEGER,
	failure TEXT,
	PRIMARY KEY (provider)
);

CREATE TABLE responses (
	owner TEXT NOT NULL,
	id TEXT NOT NULL,
	previous TEXT,
	input TEXT NOT NULL,
	body TEXT NOT NULL,
	created INTEGER NOT NULL,
	PRIMARY KEY (owner, id)
);

CREATE INDEX responses_by_time ON responses (created);

CREATE TABLE users (
	id TEXT NOT NULL,
	name TEXT NOT NULL,
	password TEXT,
	tier TEXT NOT NULL,
	tier_expires INTEGER,
	role TEXT NOT NULL,
	disabled INTEGER,
	created INTEGER NOT NULL, grants TEXT DEFAULT '' NOT NULL, requests_per_minute INTEGER, parallel INTEGER, tokens_per_day INTEGER, spend TEXT, models TEXT,
	PRIMARY KEY (id),
	UNIQUE (name)
);

CREATE TABLE logins (
	id TEXT NOT NULL,
	user TEXT NOT NULL,
	refresh TEXT NOT NULL,
	created INTEGER NOT NULL,
	used INTEGER NOT NULL,
	expires INTEGER NOT NULL,
	PRIMARY KEY (id)
);

CREATE TABLE invitations (
	id TEXT NOT NULL,
	digest TEXT NOT NULL,
	tier TEXT NOT NULL,
	created INTEGER NOT NULL,
	expires INTEGER NOT NULL,
	used INTEGER,
	PRIMARY KEY (id),
	UNIQUE (digest)
);

CREATE TABLE approvals (
	id TEXT NOT NULL,
	asker TEXT NOT NULL,
	account TEXT NOT NULL,
	name TEXT NOT NULL,
	tool TEXT NOT NULL,
	digest TEXT NOT NULL,
	arguments TEXT NOT NULL,
	state TEXT NOT NULL,
	asked INTEGER NOT NULL,
	expires INTEGER NOT NULL,
	answered INTEGER,
	answered_by TEXT,
	until INTEGER,
	PRIMARY KEY (id)
);

CREATE INDEX approvals_by_call ON approvals (asker, tool, state);

CREATE TABLE memories (
	"row" INTEGER NOT NULL,
	id TEXT NOT NULL,
	owner TEXT NOT NULL,
	entry TEXT NOT NULL,
	version INTEGER NOT NULL,
	previous TEXT,
	type TEXT NOT NULL,
	content TEXT NOT NULL,
	tags TEXT NOT NULL,
	project TEXT,
	importance TEXT NOT NULL,
	stated FLOAT NOT NULL,
	confidence FLOAT NOT NULL,
	"by" TEXT NOT NULL,
	digest TEXT NOT NULL,
	created INTEGER NOT NULL,
	expires INTEGER,
	current INTEGER NOT NULL,
	forgotten INTEGER,
	change TEXT NOT NULL,
	gone TEXT,
	PRIMARY KEY ("row"),
	UNIQUE (owner, id),
	UNIQUE (owner, entry, version)
);

CREATE INDEX memories_by_time ON memories (owner, created);

CREATE INDEX memories_by_digest ON memories (owner, digest);

CREATE INDEX memories_by_change ON memories (change);

CREATE INDEX memories_by_gone ON memories (gone);

CREATE INDEX memories_by_end ON memories (expires);

CREATE TABLE memory_validations (
	"row" INTEGER NOT NULL,
	memory INTEGER NOT NULL,
	verdict TEXT NOT NULL,
	"by" TEXT NOT NULL,
	caller TEXT NOT NULL,
	reason TEXT,
	created INTEGER NOT NULL,
	change TEXT NOT NULL,
	PRIMARY KEY ("row"),
	FOREIGN KEY(memory) REFERENCES memories ("row") ON DELETE CASCADE
);

CREATE INDEX memory_validations_by_memory ON memory_validations (memory);

CREATE INDEX memory_validations_by_change ON memory_validations (change);

CREATE TABLE memory_vectors (
	memory INTEGER NOT NULL,
	model TEXT NOT NULL,
	vector BLOB NOT NULL,
	PRIMARY KEY (memory),
	FOREIGN KEY(memory) REFERENCES memories ("row") ON DELETE CASCADE
);

CREATE VIRTUAL TABLE memories_text USING fts5(content, tags, project, type, owner, content='memories', content_rowid='row', tokenize='unicode61 remove_diacritics 2');

CREATE TRIGGER memories_text_insert AFTER INSERT ON memories BEGIN INSERT INTO memories_text(rowid, content, tags, project, type, owner) SELECT new.row, new.content, new.tags, new.project, new.type, new.owner WHERE new.current = 1 AND new.forgotten IS NULL; END;

CREATE TRIGGER memories_text_delete AFTER DELETE ON memories BEGIN INSERT INTO memories_text(memories_text, rowid, content, tags, project, type, owner) SELECT 'delete', old.row, old.content, old.tags, old.project, old.type, old.owner WHERE old.current = 1 AND old.forgotten IS NULL; END;

CREATE TRIGGER memories_text_update AFTER UPDATE OF current, forgotten ON memories BEGIN INSERT INTO memories_text(memories_text, rowid, content, tags, project, type, owner) SELECT 'delete', old.row, old.content, old.tags, old.project, old.type, old.owner WHERE old.current = 1 AND old.forgotten IS NULL; INSERT INTO memories_text(rowid, content, tags, project, type, owner) SELECT new.row, new.content, new.tags, new.project, new.type, new.owner WHERE new.current = 1 AND new.forgotten IS NULL; END;

CREATE INDEX ledger_by_client ON ledger (client, ts);

CREATE TABLE audit (
	chain TEXT NOT NULL,
	number INTEGER NOT NULL,
	ts INTEGER NOT NULL,
	kind TEXT NOT NULL,
	request TEXT,
	caller TEXT,
	subject TEXT,
	address TEXT,
	document TEXT NOT NULL,
	"before" TEXT NOT NULL,
	hash TEXT NOT NULL,
	PRIMARY KEY (chain, number)
);

CREATE INDEX audit_by_time ON audit (ts);

CREATE INDEX audit_by_request ON audit (request);

CREATE TABLE audit_segments (
	chain TEXT NOT NULL,
	number INTEGER NOT NULL,
	first INTEGER NOT NULL,
	last INTEGER NOT NULL,
	"before" TEXT NOT NULL,
	head TEXT NOT NULL,
	previous TEXT NOT NULL,
	kinds TEXT NOT NULL,
	closed INTEGER NOT NULL,
	"key" TEXT NOT NULL,
	signature TEXT NOT NULL,
	pruned TEXT NOT NULL,
	kept INTEGER NOT NULL,
	PRIMARY KEY (chain, number)
);

CREATE TABLE audit_names (
	digest TEXT NOT NULL,
	chain TEXT NOT NULL,
	salt TEXT NOT NULL,
	name TEXT NOT NULL,
	owner TEXT,
	made INTEGER NOT NULL,
	PRIMARY KEY (digest)
);

CREATE INDEX audit_names_by_name ON audit_names (name);

CREATE TABLE jobs (
	id TEXT NOT NULL,
	account TEXT NOT NULL,
	owner TEXT NOT NULL,
	kind TEXT NOT NULL,
	title TEXT NOT NULL,
	state TEXT NOT NULL,
	progress FLOAT NOT NULL,
	doing TEXT,
	result TEXT,
	error TEXT,
	log TEXT NOT NULL,
	node TEXT NOT NULL,
	daemon TEXT NOT NULL,
	cancel INTEGER,
	created INTEGER NOT NULL,
	started INTEGER,
	finished INTEGER,
	PRIMARY KEY (id)
);

CREATE INDEX jobs_by_account ON jobs (account, created);

CREATE INDEX jobs_by_daemon ON jobs (daemon, state);

CREATE TABLE prompts (
	account TEXT NOT NULL,
	name TEXT NOT NULL,
	version INTEGER NOT NULL,
	content TEXT NOT NULL,
	tags TEXT NOT NULL,
	created INTEGER NOT NULL,
	PRIMARY KEY (account, name, version)
);

CREATE TABLE file_changes (
	id TEXT NOT NULL,
	account TEXT NOT NULL,
	folder TEXT NOT NULL,
	path TEXT NOT NULL,
	"before" TEXT,
	"after" TEXT,
	mode INTEGER NOT NULL,
	created INTEGER NOT NULL,
	PRIMARY KEY (id)
);

CREATE INDEX file_changes_by_file ON file_changes (folder, path, created);

CREATE INDEX file_changes_by_time ON file_changes (created);

CREATE TABLE agreements (
	name TEXT NOT NULL,
	value TEXT NOT NULL,
	PRIMARY KEY (name)
);

CREATE TABLE chains (
	id TEXT NOT NULL,
	account TEXT NOT NULL,
	owner TEXT NOT NULL,
	project TEXT,
	prompt TEXT NOT NULL,
	lead TEXT NOT NULL,
	profile TEXT NOT NULL,
	aggressive INTEGER NOT NULL,
	max_cycles INTEGER NOT NULL,
	status TEXT NOT NULL,
	job TEXT NOT NULL,
	error TEXT,
	daemon TEXT NOT NULL,
	created INTEGER NOT NULL,
	updated INTEGER NOT NULL,
	PRIMARY KEY (id)
);

CREATE INDEX chains_by_account ON chains (account, created);

CREATE INDEX chains_by_daemon ON chains (daemon, status);

CREATE TABLE chain_cycles (
	chain TEXT NOT NULL,
	number INTEGER NOT NULL,
	request TEXT NOT NULL,
	report TEXT NOT NULL,
	next TEXT NOT NULL,
	done INTEGER NOT NULL,
	steps TEXT NOT NULL,
	tokens_in INTEGER NOT NULL,
	tokens_out INTEGER NOT NULL,
	estimated INTEGER NOT NULL,
	cost TEXT,
	started INTEGER NOT NULL,
	finished INTEGER NOT NULL,
	PRIMARY KEY (chain, number),
	FOREIGN KEY(chain) REFERENCES chains (id) ON DELETE CASCADE
);

CREATE TABLE mcp_tools (
	server TEXT NOT NULL,
	tool TEXT NOT NULL,
	digest TEXT NOT NULL,
	declaration TEXT NOT NULL,
	accepted INTEGER NOT NULL,
	accepted_by TEXT NOT NULL,
	PRIMARY KEY (server, tool)
);

INSERT INTO alembic_version VALUES ('0016');
