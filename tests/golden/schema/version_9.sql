-- A small file as version 9 of the schema was written, by the sqlite3 shell's .dump.
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
INSERT INTO items VALUES(1,'a','Alpha',0.5,NULL,3.0,NULL,NULL,NULL,0,0,NULL,NULL);
INSERT INTO items VALUES(2,'b','Beta',NULL,NULL,2.5,NULL,NULL,NULL,0,0,NULL,NULL);
INSERT INTO items VALUES(3,'c',NULL,NULL,NULL,NULL,NULL,NULL,NULL,0,0,NULL,NULL);
CREATE TABLE item_topics (
  item_id INTEGER NOT NULL REFERENCES items (id) ON DELETE CASCADE,
  position INTEGER NOT NULL,
  topic TEXT NOT NULL,
  PRIMARY KEY (item_id, position)
) STRICT, WITHOUT ROWID;
INSERT INTO item_topics VALUES(1,0,'x');
INSERT INTO item_topics VALUES(1,1,'y');
INSERT INTO item_topics VALUES(2,0,'y');
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
INSERT INTO imports VALUES(1,1700000000,'log.csv','csv','65745ed8380b35b643d621f1bd5c654d',4,1,0,0,'4228977eac42b106195482da3fc54d00');
INSERT INTO imports VALUES(2,1700000000,'items.csv','csv','6f3ff5a36d1744cca950929217eedab7',2,0,0,0,'9808ba223c631a9843def250251ecd22');
INSERT INTO imports VALUES(3,1795636872,'v9.csv','csv','45f1f9e12c6b0eec9a3857fc39ea49a9',1,0,0,0,'ce5e79a9191763732f2abf3ff098f237');
CREATE TABLE import_rejects (
  import_id INTEGER NOT NULL REFERENCES imports (id) ON DELETE CASCADE,
  line INTEGER NOT NULL,
  reason TEXT NOT NULL,
  text TEXT NOT NULL
, user TEXT) STRICT;
INSERT INTO import_rejects VALUES(1,5,'time: not of the column''s kind (seconds since 1970): "x"','carl,b,x,3,read','carl');
CREATE TABLE interactions (
  user_id INTEGER NOT NULL REFERENCES users (id) ON DELETE CASCADE,
  sequence INTEGER NOT NULL,
  item_id INTEGER NOT NULL REFERENCES items (id),
  time INTEGER,
  rating REAL,
  import_id INTEGER REFERENCES imports (id), event TEXT, nanoseconds INTEGER NOT NULL DEFAULT 0, weight REAL,
  PRIMARY KEY (user_id, sequence)
) STRICT, WITHOUT ROWID;
INSERT INTO interactions VALUES(1,1,1,1700000000,4.0,1,'like',0,NULL);
INSERT INTO interactions VALUES(1,2,2,1700000100,NULL,1,'read',0,NULL);
INSERT INTO interactions VALUES(1,3,1,1700000000,NULL,3,NULL,0,NULL);
INSERT INTO interactions VALUES(2,1,1,1700000200,5.0,1,'read',0,NULL);
INSERT INTO interactions VALUES(2,2,3,1700000300,2.0,1,NULL,500000000,NULL);
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
INSERT INTO runs VALUES(1,1700000000,'infodiet simulate --environment satiation --policy random --users 2 --sessions 1 --seed 1 --set steps=2 --db v8.db','{"settings":["steps=2"],"first":0,"users":2,"sessions":1,"sweep":null,"updates":400}',1,'satiation','["random"]','null','{"policies":[{"name":"random","return":1.7413429346158398,"return_stderr":0.0027398304176351473,"percent_of_optimum":-16.00941596609835,"percent_stderr":3.2933921929353267,"diet":{"available.effective_topics":{"mean":3.931112091313345,"stderr":4.440892098500626e-16,"sessions":2},"available.simpson":{"mean":0.7407407407407407,"stderr":0.0,"sessions":2},"available.gini":{"mean":0.11111111111111112,"stderr":0.0,"sessions":2},"available.coverage":{"mean":1.0,"stderr":0.0,"sessions":2},"available.majority_share":{"mean":0.3333333333333333,"stderr":0.0,"sessions":2},"available.intra_list_diversity":null,"available.novelty":null,"available.nutrition":{"mean":-0.1111111111111111,"stderr":0.0,"sessions":2},"available.sugar":null,"available.minutes":null,"shown.effective_topics":{"mean":3.2646112118409123,"stderr":0.5151519378437075,"sessions":2},"shown.simpson":{"mean":0.6666666666666667,"stderr":0.055555555555555525,"sessions":2},"shown.gini":{"mean":0.3888888888888889,"stderr":0.16666666666666669,"sessions":2},"shown.coverage":{"mean":0.875,"stderr":0.125,"sessions":2},"shown.majority_share":{"mean":0.41666666666666663,"stderr":0.08333333333333334,"sessions":2},"shown.intra_list_diversity":{"mean":0.8333333333333333,"stderr":0.16666666666666669,"sessions":2},"shown.novelty":null,"shown.nutrition":{"mean":0.0,"stderr":0.0,"sessions":2},"shown.sugar":null,"shown.minutes":null,"consumed.effective_topics":{"mean":1.0,"stderr":0.0,"sessions":2},"consumed.simpson":{"mean":0.0,"stderr":0.0,"sessions":2},"consumed.gini":{"mean":1.0,"stderr":0.0,"sessions":2},"consumed.coverage":{"mean":0.25,"stderr":0.0,"sessions":2},"consumed.majority_share":{"mean":1.0,"stderr":0.0,"sessions":2},"consumed.intra_list_diversity":null,"consumed.novelty":null,"consumed.nutrition":{"mean":-1.0,"stderr":0.0,"sessions":2},"consumed.sugar":null,"consumed.minutes":null,"shown.calibration_divergence":null,"shown.calibration_distance":null,"consumed.calibration_divergence":null,"consumed.calibration_distance":null,"consumed.items":{"mean":1.0,"stderr":0.0,"sessions":2},"overload":null,"bubble_index":null,"bubble_error":null,"terms.engagement":{"mean":1.0,"stderr":0.0,"sessions":2},"terms.quality":{"mean":-1.0,"stderr":0.0,"sessions":2},"terms.diversity":{"mean":1.0,"stderr":0.0,"sessions":2},"terms.novelty":null,"terms.overload":null,"consumed.fragmentation":{"mean":0.9942797605616535}}}],"curve":null,"optimum":{"value":1.8378531915107879,"greedy":1.8367454569272084,"random":1.75466144703795,"error":0.0}}');
CREATE TABLE sessions (
  id INTEGER PRIMARY KEY,
  run_id INTEGER NOT NULL REFERENCES runs (id) ON DELETE CASCADE,
  policy TEXT NOT NULL,
  number INTEGER NOT NULL,
  user_id INTEGER REFERENCES users (id) ON DELETE CASCADE,
  total_reward REAL NOT NULL,
  UNIQUE (run_id, policy, number)
) STRICT;
INSERT INTO sessions VALUES(1,1,'random',0,NULL,1.0);
INSERT INTO sessions VALUES(2,1,'random',1,NULL,1.0);
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
INSERT INTO steps VALUES(1,0,'[1,2,3]',0,1.0,1.0,-1.0,1.0,NULL,NULL);
INSERT INTO steps VALUES(1,1,'[0,1,4]',NULL,0.0,0.0,NULL,NULL,NULL,NULL);
INSERT INTO steps VALUES(2,0,'[7,4,0]',0,1.0,1.0,-1.0,1.0,NULL,NULL);
INSERT INTO steps VALUES(2,1,'[7,1,2]',NULL,0.0,0.0,NULL,NULL,NULL,NULL);
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
INSERT INTO table_digests VALUES('import_rejects',1,-5489349442535074372);
INSERT INTO table_digests VALUES('imports',3,-5634406957365511892);
INSERT INTO table_digests VALUES('interactions',5,4135900802169106521);
INSERT INTO table_digests VALUES('item_topics',3,-3489289924991742125);
INSERT INTO table_digests VALUES('items',3,-7810753158764062499);
INSERT INTO table_digests VALUES('model_tensors',0,0);
INSERT INTO table_digests VALUES('models',0,0);
INSERT INTO table_digests VALUES('outputs',0,0);
INSERT INTO table_digests VALUES('runs',1,7030265313980444800);
INSERT INTO table_digests VALUES('sessions',2,7357193318079490044);
INSERT INTO table_digests VALUES('settings',0,0);
INSERT INTO table_digests VALUES('steps',4,4820759096111660268);
INSERT INTO table_digests VALUES('users',2,7038824298924153608);
CREATE INDEX import_rejects_by_import ON import_rejects (import_id);
CREATE UNIQUE INDEX models_published ON models (name) WHERE state = 'published';
CREATE UNIQUE INDEX models_training ON models (name) WHERE state = 'training';
CREATE INDEX model_tensors_by_name ON model_tensors (model_id, name, chunk);
CREATE INDEX sessions_by_user ON sessions (user_id) WHERE user_id IS NOT NULL;
CREATE INDEX items_by_listing ON items (listed, id);
COMMIT;
PRAGMA application_id = 1768842852; PRAGMA user_version=9;
