-- A small file as version 16 of the schema was written, by the sqlite3 shell's .dump.
PRAGMA foreign_keys=OFF;
BEGIN TRANSACTION;
CREATE TABLE users (
  id INTEGER PRIMARY KEY,
  key TEXT NOT NULL UNIQUE CHECK (length(key) > 0)
, labels TEXT, comment TEXT) STRICT;
INSERT INTO users VALUES(1,'ann',NULL,NULL);
INSERT INTO users VALUES(2,'bob',NULL,NULL);
CREATE TABLE items (
  id INTEGER PRIMARY KEY,
  key TEXT NOT NULL UNIQUE CHECK (length(key) > 0),
  title TEXT,
  quality REAL,
  clickbait REAL,
  minutes REAL
, labels TEXT, comment TEXT, listed INTEGER, hidden INTEGER NOT NULL DEFAULT 0, removed INTEGER NOT NULL DEFAULT 0, available_from INTEGER, available_until INTEGER) STRICT;
INSERT INTO items VALUES(1,'tea','Green Tea at Five',NULL,NULL,NULL,NULL,NULL,NULL,0,0,NULL,NULL);
INSERT INTO items VALUES(2,'cake','Crème Brûlée',NULL,NULL,NULL,NULL,NULL,NULL,0,0,NULL,NULL);
INSERT INTO items VALUES(3,'pie','Apple Pie',NULL,NULL,NULL,NULL,NULL,NULL,0,0,NULL,NULL);
INSERT INTO items VALUES(4,'rye',NULL,NULL,NULL,NULL,NULL,NULL,NULL,0,0,NULL,NULL);
INSERT INTO items VALUES(5,'b',NULL,NULL,NULL,NULL,NULL,NULL,NULL,0,0,NULL,NULL);
INSERT INTO items VALUES(6,'scone',NULL,NULL,NULL,NULL,NULL,NULL,NULL,0,0,NULL,NULL);
CREATE TABLE item_topics (
  item_id INTEGER NOT NULL REFERENCES items (id) ON DELETE CASCADE,
  position INTEGER NOT NULL,
  topic TEXT NOT NULL,
  PRIMARY KEY (item_id, position)
) STRICT, WITHOUT ROWID;
INSERT INTO item_topics VALUES(1,0,'drink');
INSERT INTO item_topics VALUES(2,0,'sweet');
INSERT INTO item_topics VALUES(3,0,'sweet');
CREATE TABLE imports (
  id INTEGER PRIMARY KEY,
  created INTEGER NOT NULL,
  path TEXT NOT NULL,
  format TEXT NOT NULL,
  fingerprint TEXT NOT NULL UNIQUE,
  accepted INTEGER NOT NULL,
  rejected INTEGER NOT NULL,
  duplicates INTEGER NOT NULL,
  below_min_rating INTEGER NOT NULL
, content TEXT) STRICT;
INSERT INTO imports VALUES(1,1795634506,'items.csv','csv','a829c189e33de39e47a67ba288852c14',3,0,0,0,'c94286b473d009591a0f6bf156732605');
INSERT INTO imports VALUES(2,1795634506,'log.csv','csv','667dec6d1f86de9583321a52517fdde8',5,0,0,0,'e9309b0a7113b2655a4b4323c2f94100');
INSERT INTO imports VALUES(3,1795636932,'v9.csv','csv','d63767d188aaa161090ffc890bb79a48',0,0,1,0,'1a5091ae114f5479e1dde9adeef7c452');
INSERT INTO imports VALUES(4,1795638051,'one2.csv','csv','be857034ab3f91ff74182e223a95fd3c',1,0,0,0,'ffdcffad86bd9f1fabe9b962a1fcd070');
INSERT INTO imports VALUES(5,1795710806,'items.csv','csv','1248b80f5de0006b956e6e5c899a71ca',3,0,0,0,'01fe7e38792daf10c9b9af513e46b760');
INSERT INTO imports VALUES(6,1795710806,'log.csv','csv','fba89dee0f5a4f8036b39da74496fee1',1,0,0,0,'1fb6fe5d150de4cdda477f26bf21389b');
INSERT INTO imports VALUES(7,1795753876,'log2.csv','csv','ab4da3a9a9e97d757bffa658522c7dee',5,0,0,0,'a0158a2c15775dba18f6342e8a71f7c8');
CREATE TABLE import_rejects (
  import_id INTEGER NOT NULL REFERENCES imports (id) ON DELETE CASCADE,
  line INTEGER NOT NULL,
  reason TEXT NOT NULL,
  text TEXT NOT NULL
, user TEXT) STRICT;
CREATE TABLE interactions (
  user_id INTEGER NOT NULL REFERENCES users (id) ON DELETE CASCADE,
  sequence INTEGER NOT NULL,
  item_id INTEGER NOT NULL REFERENCES items (id),
  time INTEGER,
  rating REAL,
  import_id INTEGER REFERENCES imports (id), event TEXT, nanoseconds INTEGER NOT NULL DEFAULT 0, weight REAL,
  PRIMARY KEY (user_id, sequence)
) STRICT, WITHOUT ROWID;
INSERT INTO interactions VALUES(1,1,1,1700000000,4.0,2,NULL,0,NULL);
INSERT INTO interactions VALUES(1,2,2,1700000100,2.0,2,NULL,0,NULL);
INSERT INTO interactions VALUES(1,3,3,1700000200,5.0,2,NULL,0,NULL);
INSERT INTO interactions VALUES(1,4,5,1700000900,NULL,4,NULL,0,NULL);
INSERT INTO interactions VALUES(1,5,4,1800000100,NULL,6,NULL,0,NULL);
INSERT INTO interactions VALUES(1,6,6,1800000200,NULL,7,NULL,0,NULL);
INSERT INTO interactions VALUES(1,7,1,1800000300,NULL,7,NULL,0,NULL);
INSERT INTO interactions VALUES(2,1,1,1700000050,3.0,2,NULL,0,NULL);
INSERT INTO interactions VALUES(2,2,4,1700000060,3.0,2,NULL,0,NULL);
INSERT INTO interactions VALUES(2,3,6,1800000200,NULL,7,NULL,0,NULL);
INSERT INTO interactions VALUES(2,4,3,1800000250,NULL,7,NULL,0,NULL);
INSERT INTO interactions VALUES(2,5,2,1800000300,NULL,7,NULL,0,NULL);
CREATE TABLE models (
  id INTEGER PRIMARY KEY,
  name TEXT NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('training', 'published', 'retired')),
  created INTEGER NOT NULL,
  configuration TEXT NOT NULL,
  seed INTEGER NOT NULL,
  data_fingerprint TEXT NOT NULL,
  holdout TEXT NOT NULL,
  metrics TEXT NOT NULL
, forgotten_users INTEGER NOT NULL DEFAULT 0, pinned INTEGER NOT NULL DEFAULT 0) STRICT;
CREATE TABLE model_tensors (
  model_id INTEGER NOT NULL REFERENCES models (id) ON DELETE CASCADE,
  name TEXT NOT NULL,
  chunk INTEGER NOT NULL,
  dtype TEXT NOT NULL,
  shape TEXT NOT NULL,
  length INTEGER NOT NULL,
  checksum INTEGER NOT NULL,
  data BLOB NOT NULL
) STRICT;
CREATE TABLE runs (
  id INTEGER PRIMARY KEY,
  created INTEGER NOT NULL,
  command TEXT NOT NULL,
  configuration TEXT NOT NULL,
  seed INTEGER NOT NULL,
  environment TEXT NOT NULL,
  policies TEXT NOT NULL,
  reward TEXT NOT NULL,
  metrics TEXT NOT NULL
) STRICT;
CREATE TABLE sessions (
  id INTEGER PRIMARY KEY,
  run_id INTEGER NOT NULL REFERENCES runs (id) ON DELETE CASCADE,
  policy TEXT NOT NULL,
  number INTEGER NOT NULL,
  user_id INTEGER REFERENCES users (id) ON DELETE CASCADE,
  total_reward REAL NOT NULL,
  UNIQUE (run_id, policy, number)
) STRICT;
CREATE TABLE steps (
  session_id INTEGER NOT NULL REFERENCES sessions (id) ON DELETE CASCADE,
  step INTEGER NOT NULL,
  shown TEXT NOT NULL,
  chosen INTEGER,
  reward REAL NOT NULL,
  engagement REAL,
  quality REAL,
  diversity REAL,
  novelty REAL,
  overload REAL,
  PRIMARY KEY (session_id, step)
) STRICT, WITHOUT ROWID;
CREATE TABLE settings (
  key TEXT PRIMARY KEY,
  value TEXT NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TABLE outputs (
  id INTEGER PRIMARY KEY,
  created INTEGER NOT NULL,
  kind TEXT NOT NULL,
  path TEXT NOT NULL UNIQUE
) STRICT;
CREATE TABLE table_digests (
  name TEXT PRIMARY KEY,
  rows INTEGER NOT NULL,
  digest INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
INSERT INTO table_digests VALUES('import_rejects',0,0);
INSERT INTO table_digests VALUES('imports',7,-7864537281479915055);
INSERT INTO table_digests VALUES('interactions',12,1885548902424379173);
INSERT INTO table_digests VALUES('item_attributes',3,-4088269259387861848);
INSERT INTO table_digests VALUES('item_titles_config',1,5694322175263249517);
INSERT INTO table_digests VALUES('item_titles_content',3,-5905451778188613821);
INSERT INTO table_digests VALUES('item_titles_data',3,-6000309026713453960);
INSERT INTO table_digests VALUES('item_titles_docsize',3,4928139464824053954);
INSERT INTO table_digests VALUES('item_titles_idx',1,-4384750021826634685);
INSERT INTO table_digests VALUES('item_topics',3,-697354812506495314);
INSERT INTO table_digests VALUES('items',6,5019299287918979988);
INSERT INTO table_digests VALUES('model_tensors',0,0);
INSERT INTO table_digests VALUES('models',0,0);
INSERT INTO table_digests VALUES('outputs',0,0);
INSERT INTO table_digests VALUES('runs',0,0);
INSERT INTO table_digests VALUES('search_trials',2,-5911022194987868554);
INSERT INTO table_digests VALUES('searches',1,4222044703397758969);
INSERT INTO table_digests VALUES('sessions',0,0);
INSERT INTO table_digests VALUES('settings',0,0);
INSERT INTO table_digests VALUES('slate_logs',0,0);
INSERT INTO table_digests VALUES('slates',0,0);
INSERT INTO table_digests VALUES('steps',0,0);
INSERT INTO table_digests VALUES('users',2,7038824298924153608);
CREATE TABLE slate_logs (
  id INTEGER PRIMARY KEY,
  created INTEGER NOT NULL,
  source TEXT NOT NULL CHECK (source IN ('run', 'service', 'import')),
  run_id INTEGER REFERENCES runs (id) ON DELETE CASCADE,
  policy TEXT NOT NULL,
  version TEXT NOT NULL,
  ordered INTEGER NOT NULL,
  names TEXT NOT NULL CHECK (names IN ('items', 'numbers')),
  content TEXT NOT NULL
) STRICT;
CREATE TABLE slates (
  log_id INTEGER NOT NULL REFERENCES slate_logs (id) ON DELETE CASCADE,
  session INTEGER NOT NULL,
  step INTEGER NOT NULL,
  person INTEGER NOT NULL,
  user_id INTEGER REFERENCES users (id) ON DELETE CASCADE,
  time INTEGER,
  candidates TEXT,
  slate TEXT NOT NULL,
  probability REAL,
  places TEXT,
  prefixes TEXT,
  chosen INTEGER,
  reward REAL,
  PRIMARY KEY (log_id, session, step)
) STRICT, WITHOUT ROWID;
PRAGMA writable_schema=ON;
INSERT INTO sqlite_schema(type,name,tbl_name,rootpage,sql)VALUES('table','item_titles','item_titles',0,'CREATE VIRTUAL TABLE item_titles USING fts5 (title, tokenize = ''unicode61 remove_diacritics 2'')');
CREATE TABLE IF NOT EXISTS 'item_titles_data'(id INTEGER PRIMARY KEY, block BLOB);
INSERT INTO item_titles_data VALUES(1,X'0308');
INSERT INTO item_titles_data VALUES(10,X'000000000101010001010101');
INSERT INTO item_titles_data VALUES(137438953473,X'0000004c06306170706c6503020202017401020401066272756c656502020301056372656d650202020104666976650102050105677265656e01020201037069650302030103746561010203040a060b0a090a08');
CREATE TABLE IF NOT EXISTS 'item_titles_idx'(segid, term, pgno, PRIMARY KEY(segid, term)) WITHOUT ROWID;
INSERT INTO item_titles_idx VALUES(1,X'',2);
CREATE TABLE IF NOT EXISTS 'item_titles_content'(id INTEGER PRIMARY KEY, c0);
INSERT INTO item_titles_content VALUES(1,'Green Tea at Five');
INSERT INTO item_titles_content VALUES(2,'Crème Brûlée');
INSERT INTO item_titles_content VALUES(3,'Apple Pie');
CREATE TABLE IF NOT EXISTS 'item_titles_docsize'(id INTEGER PRIMARY KEY, sz BLOB);
INSERT INTO item_titles_docsize VALUES(1,X'04');
INSERT INTO item_titles_docsize VALUES(2,X'02');
INSERT INTO item_titles_docsize VALUES(3,X'02');
CREATE TABLE IF NOT EXISTS 'item_titles_config'(k PRIMARY KEY, v) WITHOUT ROWID;
INSERT INTO item_titles_config VALUES('version',4);
CREATE TABLE item_attributes (
  item_id INTEGER NOT NULL REFERENCES items (id) ON DELETE CASCADE,
  name TEXT NOT NULL,
  value TEXT NOT NULL,
  PRIMARY KEY (item_id, name, value)
) STRICT, WITHOUT ROWID;
INSERT INTO item_attributes VALUES(1,'brand','Kettle');
INSERT INTO item_attributes VALUES(3,'brand','Oven');
INSERT INTO item_attributes VALUES(4,'brand','Oven');
CREATE TABLE searches (
  id INTEGER PRIMARY KEY,
  created INTEGER NOT NULL,
  configuration TEXT NOT NULL,
  seed INTEGER NOT NULL,
  data_fingerprint TEXT NOT NULL,
  holdout TEXT NOT NULL
) STRICT;
INSERT INTO searches VALUES(1,1795753876,'{"epochs":1,"model":{"width":64,"blocks":2,"heads":2,"ffn_width":256,"block":"gated","activation":"gelu","positions":"learned","relative_buckets":7,"intervals":"biased","temperature":0.05,"length":7,"dropout":0.5,"attention_dropout":0.0},"training":{"batch":16,"windows":"all","loss":"softmax","negatives":0,"calibration":0.75,"neighbours":"chosen","attributes":"neighbours","attribute_dropout":0.1,"linear":"chosen","linear_megabytes":256,"markov":"chosen","recent":"chosen","low_ratings":"less","learning_rate":0.001,"ema":0.0,"lr_schedule":"cosine","weight_decay":0.0,"max_grad_norm":5.0,"warmup":100,"epochs":1,"patience":10,"seed":1}}',1,'7d236b1b260313ee33c2ab251714d970','last');
CREATE TABLE search_trials (
  search_id INTEGER NOT NULL REFERENCES searches (id) ON DELETE CASCADE,
  trial INTEGER NOT NULL,
  settings TEXT NOT NULL,
  ndcg TEXT NOT NULL,
  seconds REAL NOT NULL,
  finished INTEGER NOT NULL,
  PRIMARY KEY (search_id, trial)
) STRICT, WITHOUT ROWID;
INSERT INTO search_trials VALUES(1,0,'','[]',0.02741495600000000074,0);
INSERT INTO search_trials VALUES(1,1,'learning_rate=0.000425,dropout=0.459,temperature=0.0889,width=64,blocks=2,heads=1,batch=16,ema=0,weight_decay=0.1','[]',0.0,0);
CREATE INDEX import_rejects_by_import ON import_rejects (import_id);
CREATE UNIQUE INDEX models_published ON models (name) WHERE state = 'published';
CREATE UNIQUE INDEX models_training ON models (name) WHERE state = 'training';
CREATE INDEX model_tensors_by_name ON model_tensors (model_id, name, chunk);
CREATE INDEX sessions_by_user ON sessions (user_id) WHERE user_id IS NOT NULL;
CREATE INDEX items_by_listing ON items (listed, id);
CREATE INDEX slate_logs_by_run ON slate_logs (run_id) WHERE run_id IS NOT NULL;
CREATE INDEX slates_by_user ON slates (user_id) WHERE user_id IS NOT NULL;
PRAGMA writable_schema=OFF;
COMMIT;
PRAGMA application_id = 1768842852; PRAGMA user_version=16;
