-- A small file as version 6 of the schema was written, by the sqlite3 shell's .dump: runs and an agent of choc-kale.
PRAGMA foreign_keys=OFF;
BEGIN TRANSACTION;
CREATE TABLE users (
  id INTEGER PRIMARY KEY,
  key TEXT NOT NULL UNIQUE CHECK (length(key) > 0)
, labels TEXT, comment TEXT) STRICT;
INSERT INTO users VALUES(1,'a',NULL,NULL);
INSERT INTO users VALUES(2,'b',NULL,NULL);
CREATE TABLE items (
  id INTEGER PRIMARY KEY,
  key TEXT NOT NULL UNIQUE CHECK (length(key) > 0),
  title TEXT,
  quality REAL,
  clickbait REAL,
  minutes REAL
, labels TEXT, comment TEXT, listed INTEGER, hidden INTEGER NOT NULL DEFAULT 0, removed INTEGER NOT NULL DEFAULT 0) STRICT;
INSERT INTO items VALUES(1,'x',NULL,NULL,NULL,NULL,NULL,NULL,NULL,0,0);
INSERT INTO items VALUES(2,'y',NULL,NULL,NULL,NULL,NULL,NULL,NULL,0,0);
CREATE TABLE item_topics (
  item_id INTEGER NOT NULL REFERENCES items (id) ON DELETE CASCADE,
  position INTEGER NOT NULL,
  topic TEXT NOT NULL,
  PRIMARY KEY (item_id, position)
) STRICT, WITHOUT ROWID;
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
INSERT INTO imports VALUES(1,1795626423,'t.csv','csv','dd37931b3e0e7936a9ae41dde170c956',3,0,0,0,NULL);
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
INSERT INTO interactions VALUES(1,1,1,1,NULL,1,NULL,0,NULL);
INSERT INTO interactions VALUES(1,2,2,2,NULL,1,NULL,0,NULL);
INSERT INTO interactions VALUES(2,1,1,3,NULL,1,NULL,0,NULL);
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
INSERT INTO models VALUES(7,'agent choc-kale','retired',1,'{"environment":"choc-kale","settings":[]}',1,'','none','{}',0,0);
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
INSERT INTO runs VALUES(1,1795626423,'infodiet simulate --environment choc-kale --policy random --users 2 --sessions 1 --seed 1','{"settings":[],"first":0,"users":2,"sessions":1,"sweep":null,"updates":400}',1,'choc-kale','["random"]','null','{"policies":[{"name":"random","return":968.629241923742,"return_stderr":9.766546261810618,"percent_of_optimum":8.760518837585055,"percent_stderr":4.689055073959215,"diet":{"available.effective_topics":null,"available.simpson":null,"available.gini":null,"available.coverage":null,"available.majority_share":null,"available.intra_list_diversity":null,"available.novelty":null,"available.nutrition":null,"available.sugar":{"mean":0.5408450704225354,"stderr":0.01690140845070426,"sessions":2},"available.minutes":null,"shown.effective_topics":null,"shown.simpson":null,"shown.gini":null,"shown.coverage":null,"shown.majority_share":null,"shown.intra_list_diversity":null,"shown.novelty":null,"shown.nutrition":null,"shown.sugar":{"mean":0.5483333333333336,"stderr":0.020000000000000073,"sessions":2},"shown.minutes":null,"consumed.effective_topics":null,"consumed.simpson":null,"consumed.gini":null,"consumed.coverage":null,"consumed.majority_share":null,"consumed.intra_list_diversity":null,"consumed.novelty":null,"consumed.nutrition":null,"consumed.sugar":{"mean":0.5483333333333336,"stderr":0.020000000000000073,"sessions":2},"consumed.minutes":null,"shown.calibration_divergence":null,"shown.calibration_distance":null,"consumed.calibration_divergence":null,"consumed.calibration_distance":null,"consumed.items":{"mean":60.0,"stderr":0.0,"sessions":2},"overload":null,"bubble_index":null,"terms.engagement":{"mean":60.0,"stderr":0.0,"sessions":2},"terms.quality":null,"terms.diversity":null,"terms.novelty":null,"terms.overload":null,"consumed.fragmentation":null}}],"curve":null,"optimum":{"value":1158.6663815225154,"greedy":1158.6663815225154,"random":950.3824925989372,"error":1.1368683772161603e-12}}');
INSERT INTO runs VALUES(2,1795626423,'infodiet simulate --environment choc-kale --policy random --users 2 --sessions 1 --seed 1 --set memory=0.5,steps=3','{"settings":["memory=0.5","steps=3"],"first":0,"users":2,"sessions":1,"sweep":null,"updates":400}',1,'choc-kale','["random"]','null','{"policies":[{"name":"random","return":45.35953263722804,"return_stderr":1.7025139182559208,"percent_of_optimum":-17.81451554316345,"percent_stderr":14.051021708249928,"diet":{"available.effective_topics":null,"available.simpson":null,"available.gini":null,"available.coverage":null,"available.majority_share":null,"available.intra_list_diversity":null,"available.novelty":null,"available.nutrition":null,"available.sugar":{"mean":0.4821428571428572,"stderr":0.017857142857142905,"sessions":2},"available.minutes":null,"shown.effective_topics":null,"shown.simpson":null,"shown.gini":null,"shown.coverage":null,"shown.majority_share":null,"shown.intra_list_diversity":null,"shown.novelty":null,"shown.nutrition":null,"shown.sugar":{"mean":0.41666666666666663,"stderr":0.08333333333333334,"sessions":2},"shown.minutes":null,"consumed.effective_topics":null,"consumed.simpson":null,"consumed.gini":null,"consumed.coverage":null,"consumed.majority_share":null,"consumed.intra_list_diversity":null,"consumed.novelty":null,"consumed.nutrition":null,"consumed.sugar":{"mean":0.41666666666666663,"stderr":0.08333333333333334,"sessions":2},"consumed.minutes":null,"shown.calibration_divergence":null,"shown.calibration_distance":null,"consumed.calibration_divergence":null,"consumed.calibration_distance":null,"consumed.items":{"mean":3.0,"stderr":0.0,"sessions":2},"overload":null,"bubble_index":null,"terms.engagement":{"mean":3.0,"stderr":0.0,"sessions":2},"terms.quality":null,"terms.diversity":null,"terms.novelty":null,"terms.overload":null,"consumed.fragmentation":null}}],"curve":null,"optimum":{"value":59.63471181277832,"greedy":59.63471181277832,"random":47.51805614455524,"error":0.0}}');
INSERT INTO runs VALUES(3,1795626423,'infodiet simulate --environment choc-kale --policy random --users 2 --sessions 1 --seed 1 --set sensitivity=0.2','{"settings":["sensitivity=0.2"],"first":0,"users":2,"sessions":1,"sweep":null,"updates":400}',1,'choc-kale','["random"]','null','{"policies":[{"name":"random","return":920.9665305331907,"return_stderr":2.8426155783422473,"percent_of_optimum":-12.011096948230668,"percent_stderr":0.6984327810661247,"diet":{"available.effective_topics":null,"available.simpson":null,"available.gini":null,"available.coverage":null,"available.majority_share":null,"available.intra_list_diversity":null,"available.novelty":null,"available.nutrition":null,"available.sugar":{"mean":0.5408450704225354,"stderr":0.01690140845070426,"sessions":2},"available.minutes":null,"shown.effective_topics":null,"shown.simpson":null,"shown.gini":null,"shown.coverage":null,"shown.majority_share":null,"shown.intra_list_diversity":null,"shown.novelty":null,"shown.nutrition":null,"shown.sugar":{"mean":0.5483333333333336,"stderr":0.020000000000000073,"sessions":2},"shown.minutes":null,"consumed.effective_topics":null,"consumed.simpson":null,"consumed.gini":null,"consumed.coverage":null,"consumed.majority_share":null,"consumed.intra_list_diversity":null,"consumed.novelty":null,"consumed.nutrition":null,"consumed.sugar":{"mean":0.5483333333333336,"stderr":0.020000000000000073,"sessions":2},"consumed.minutes":null,"shown.calibration_divergence":null,"shown.calibration_distance":null,"consumed.calibration_divergence":null,"consumed.calibration_distance":null,"consumed.items":{"mean":60.0,"stderr":0.0,"sessions":2},"overload":null,"bubble_index":null,"terms.engagement":{"mean":60.0,"stderr":0.0,"sessions":2},"terms.quality":null,"terms.diversity":null,"terms.novelty":null,"terms.overload":null,"consumed.fragmentation":null}}],"curve":null,"optimum":{"value":1376.8507584272693,"greedy":570.9773640378954,"random":969.8515946705039,"error":5.906940714339726e-09}}');
INSERT INTO runs VALUES(4,1795626427,'infodiet simulate --environment satiation --policy random --users 2 --sessions 1 --seed 1','{"settings":[],"first":0,"users":2,"sessions":1,"sweep":null,"updates":400}',1,'satiation','["random"]','null','{"policies":[{"name":"random","return":13.236899500718183,"return_stderr":0.1891595520223852,"percent_of_optimum":0.27405795037329345,"percent_stderr":6.315714925460098,"diet":{"available.effective_topics":{"mean":3.97039461960882,"stderr":0.029605380391179992,"sessions":2},"available.simpson":{"mean":0.746191135734072,"stderr":0.0038088642659279692,"sessions":2},"available.gini":{"mean":0.06140350877192982,"stderr":0.06140350877192982,"sessions":2},"available.coverage":{"mean":1.0,"stderr":0.0,"sessions":2},"available.majority_share":{"mean":0.28289473684210525,"stderr":0.032894736842105254,"sessions":2},"available.intra_list_diversity":null,"available.novelty":null,"available.nutrition":{"mean":-0.33421052631578946,"stderr":0.03421052631578947,"sessions":2},"available.sugar":null,"available.minutes":null,"shown.effective_topics":{"mean":3.8380699688255318,"stderr":0.009163520285267346,"sessions":2},"shown.simpson":{"mean":0.73,"stderr":0.0005555555555555869,"sessions":2},"shown.gini":{"mean":0.19444444444444442,"stderr":0.0055555555555555506,"sessions":2},"shown.coverage":{"mean":1.0,"stderr":0.0,"sessions":2},"shown.majority_share":{"mean":0.3416666666666667,"stderr":0.024999999999999994,"sessions":2},"shown.intra_list_diversity":{"mean":0.8416666666666665,"stderr":0.025000000000000022,"sessions":2},"shown.novelty":null,"shown.nutrition":{"mean":0.06666666666666667,"stderr":0.0,"sessions":2},"shown.sugar":null,"shown.minutes":null,"consumed.effective_topics":{"mean":3.9135611803009804,"stderr":0.08643881969901956,"sessions":2},"consumed.simpson":{"mean":0.7386363636363636,"stderr":0.011363636363636354,"sessions":2},"consumed.gini":{"mean":0.10606060606060604,"stderr":0.10606060606060604,"sessions":2},"consumed.coverage":{"mean":1.0,"stderr":0.0,"sessions":2},"consumed.majority_share":{"mean":0.3068181818181818,"stderr":0.05681818181818182,"sessions":2},"consumed.intra_list_diversity":{"mean":0.8090909090909091,"stderr":0.009090909090909094,"sessions":2},"consumed.novelty":null,"consumed.nutrition":{"mean":-0.5681818181818181,"stderr":0.06818181818181818,"sessions":2},"consumed.sugar":null,"consumed.minutes":null,"shown.calibration_divergence":null,"shown.calibration_distance":null,"consumed.calibration_divergence":null,"consumed.calibration_distance":null,"consumed.items":{"mean":11.5,"stderr":0.5,"sessions":2},"overload":null,"bubble_index":{"mean":0.0,"stderr":0.0,"sessions":2},"terms.engagement":{"mean":11.5,"stderr":0.5,"sessions":2},"terms.quality":{"mean":-6.5,"stderr":0.5,"sessions":2},"terms.diversity":{"mean":4.5,"stderr":0.5,"sessions":2},"terms.novelty":null,"terms.overload":null,"consumed.fragmentation":{"mean":0.1254006716229151}}}],"curve":null,"optimum":{"value":16.223752888775987,"greedy":13.272421106633821,"random":13.22869129630544,"error":0.0}}');
CREATE TABLE sessions (
  id INTEGER PRIMARY KEY,
  run_id INTEGER NOT NULL REFERENCES runs (id) ON DELETE CASCADE,
  policy TEXT NOT NULL,
  number INTEGER NOT NULL,
  user_id INTEGER REFERENCES users (id) ON DELETE CASCADE,
  total_reward REAL NOT NULL,
  UNIQUE (run_id, policy, number)
) STRICT;
INSERT INTO sessions VALUES(1,1,'random',0,NULL,735.16648658314909425);
INSERT INTO sessions VALUES(2,1,'random',1,NULL,861.32471248284321061);
INSERT INTO sessions VALUES(3,2,'random',0,NULL,77.9242410060717674);
INSERT INTO sessions VALUES(4,2,'random',1,NULL,28.212926506601807119);
INSERT INTO sessions VALUES(5,3,'random',0,NULL,721.20367013838631463);
INSERT INTO sessions VALUES(6,3,'random',1,NULL,838.46200596208382196);
INSERT INTO sessions VALUES(7,4,'random',0,NULL,12.0);
INSERT INTO sessions VALUES(8,4,'random',1,NULL,11.0);
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
CREATE INDEX import_rejects_by_import ON import_rejects (import_id);
CREATE UNIQUE INDEX models_published ON models (name) WHERE state = 'published';
CREATE UNIQUE INDEX models_training ON models (name) WHERE state = 'training';
CREATE INDEX model_tensors_by_name ON model_tensors (model_id, name, chunk);
CREATE INDEX sessions_by_user ON sessions (user_id) WHERE user_id IS NOT NULL;
CREATE INDEX items_by_listing ON items (listed, id);
COMMIT;
PRAGMA application_id=1768842852;
PRAGMA user_version=6;
