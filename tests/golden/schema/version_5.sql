-- A small file as version 5 of the schema was written, by the sqlite3 shell's .dump.
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
, labels TEXT, comment TEXT, listed INTEGER, hidden INTEGER NOT NULL DEFAULT 0, removed INTEGER NOT NULL DEFAULT 0) STRICT;
INSERT INTO items VALUES(1,'a',NULL,NULL,NULL,NULL,NULL,NULL,NULL,0,0);
INSERT INTO items VALUES(2,'b',NULL,NULL,NULL,NULL,NULL,NULL,NULL,0,0);
INSERT INTO items VALUES(3,'c',NULL,NULL,NULL,NULL,NULL,NULL,NULL,0,0);
INSERT INTO items VALUES(4,'d',NULL,NULL,NULL,NULL,NULL,NULL,NULL,0,0);
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
INSERT INTO imports VALUES(1,1795622997,'log.csv','csv','af143d325b0c7d3f662ce85490a676b0',8,1,0,0,NULL);
CREATE TABLE import_rejects (
  import_id INTEGER NOT NULL REFERENCES imports (id) ON DELETE CASCADE,
  line INTEGER NOT NULL,
  reason TEXT NOT NULL,
  text TEXT NOT NULL
, user TEXT) STRICT;
INSERT INTO import_rejects VALUES(1,10,'time: neither a number of seconds nor a date: "x"','carl,b,x,3',NULL);
CREATE TABLE interactions (
  user_id INTEGER NOT NULL REFERENCES users (id) ON DELETE CASCADE,
  sequence INTEGER NOT NULL,
  item_id INTEGER NOT NULL REFERENCES items (id),
  time INTEGER,
  rating REAL,
  import_id INTEGER REFERENCES imports (id), event TEXT, nanoseconds INTEGER NOT NULL DEFAULT 0, weight REAL,
  PRIMARY KEY (user_id, sequence)
) STRICT, WITHOUT ROWID;
INSERT INTO interactions VALUES(1,1,1,1,4.0,1,NULL,0,NULL);
INSERT INTO interactions VALUES(1,2,2,2,5.0,1,NULL,0,NULL);
INSERT INTO interactions VALUES(1,3,3,3,3.0,1,NULL,0,NULL);
INSERT INTO interactions VALUES(1,4,4,4,1.0,1,NULL,0,NULL);
INSERT INTO interactions VALUES(2,1,1,1,2.0,1,NULL,0,NULL);
INSERT INTO interactions VALUES(2,2,3,2,5.0,1,NULL,0,NULL);
INSERT INTO interactions VALUES(2,3,2,3,4.0,1,NULL,0,NULL);
INSERT INTO interactions VALUES(2,4,4,4,4.0,1,NULL,0,NULL);
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
, forgotten_users INTEGER NOT NULL DEFAULT 0) STRICT;
INSERT INTO models VALUES(2,'attention','retired',1795622997,'{"model":{"width":4,"blocks":1,"heads":1,"hidden":4,"block":"gated","activation":"gelu","places":"learned","distances":4,"intervals":"ignored","temperature":0.05,"length":4,"dropout":0.5,"attention_dropout":0.0},"training":{"batch":4,"windows":"all","loss":"softmax","negatives":0,"calibration":0.75,"neighbours":"chosen","rate":0.001,"decline":"cosine","weight_decay":0.0,"clip":5.0,"warmup":100,"epochs":2,"patience":10,"seed":1}}',1,'bc6dff427ba52621d43a593eda5aebe3','last','{"epochs":2,"best_epoch":1,"seconds":0.038271332,"validation":{"ndcg@10":1.0,"hr@10":1.0},"history":[{"loss":0.052345991134643555,"ndcg@10":1.0,"hr@10":1.0},{"loss":0.14762592315673828,"ndcg@10":1.0,"hr@10":1.0}],"neighbour_weight":0.0}',0);
INSERT INTO models VALUES(4,'attention','published',1795622997,'{"model":{"width":4,"blocks":1,"heads":1,"hidden":4,"block":"gated","activation":"gelu","places":"learned","distances":4,"intervals":"ignored","temperature":0.05,"length":4,"dropout":0.5,"attention_dropout":0.0},"training":{"batch":4,"windows":"all","loss":"softmax","negatives":0,"calibration":0.75,"neighbours":"chosen","rate":0.001,"decline":"cosine","weight_decay":0.0,"clip":5.0,"warmup":100,"epochs":1,"patience":10,"seed":1}}',1,'bc6dff427ba52621d43a593eda5aebe3','last','{"epochs":1,"best_epoch":1,"seconds":0.034300342,"validation":{"ndcg@10":1.0,"hr@10":1.0},"history":[{"loss":0.052345991134643555,"ndcg@10":1.0,"hr@10":1.0}],"neighbour_weight":0.0}',0);
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
INSERT INTO model_tensors VALUES(4,'positions.weight',0,'f32','[4,4]',64,3937293907683234125,X'e0b11e3c85bde13cb1956f3ce866df3a1ea220b9bf1e17bc58abedbc43e727bd0ea62a3c460895bc0e6da0ba75b7f8bb6c23bc3c8d37d5bc0ac94ebca5ab0fbc');
INSERT INTO model_tensors VALUES(4,'transformer.block.0.attention_norm.gain',0,'f32','[4]',16,8164317450308575385,X'58ff7f3f5400803f58ff7f3f58ff7f3f');
INSERT INTO model_tensors VALUES(4,'transformer.block.0.attention_norm.bias',0,'f32','[4]',16,7041450228732481021,X'4ec227b7fcc0273724c52737e2c22737');
INSERT INTO model_tensors VALUES(4,'transformer.block.0.attention_gate.weight',0,'f32','[4,4]',64,7024346899630025152,X'73bfb6bb27d40d3dd8ba233d999933bc48050dbcc43d3f3c7cdddd3c8a44903c482d29bcf3d9a53cf04940baa2a09fbc1131ccbbd9e6bcbc9d8418bd2ccad13c');
INSERT INTO model_tensors VALUES(4,'transformer.block.0.attention_gate.bias',0,'f32','[4]',16,4350608925324057587,X'00000000b4c427b78799203791b12737');
INSERT INTO model_tensors VALUES(4,'transformer.block.0.attention.qkv.weight',0,'f32','[4,12]',192,-3387065949216481913,X'7993ebbbb9d6dbbc69c5ffbceb56f13cb0ad6a3ce3812ebb67ce15bc5480443bdfa0e93b5830663a83cdfd3c5279c43bd53dc8bb047a6c3c10153b3af3533ebcc21f593c836bd2bccba180bcd30808bd16d81ebde83bacbc68dc7b3b580da6bad1e633bb635574b9d47c863cf1eb3c3dd0c73b3ddf58b7bb99546cbc338cf4bc12cf193c9f9fbd3a3f21aa3cd5de0bbd946152bbf639913ca050353ca0bfe5bca2afc9bb4cea77bb27ade8bbe2f6363c3c62a63ce96f2dbb7fb5093d3e2e12bc');
INSERT INTO model_tensors VALUES(4,'transformer.block.0.attention.qkv.bias',0,'f32','[12]',48,8257793234543394534,X'000000000000000000000000000000000000000000000000000000000000000093c527b798c527375bc52737a8c527b7');
INSERT INTO model_tensors VALUES(4,'transformer.block.0.attention.relative.weight',0,'f32','[1,4]',16,-8023741691328802208,X'0b931f3a806231bc2e7cacbc0c6e06bd');
INSERT INTO model_tensors VALUES(4,'transformer.block.0.attention.out.weight',0,'f32','[4,4]',64,8148124546726757592,X'950e933cfca81f3cb6fb2cbb3be83abddd18b0bc61481cbcfc8b8fbbfa540f3c774f2c3c461918bb4cf3e7bcf786013b2938c33cf65c263de7c0d43b63945dbc');
INSERT INTO model_tensors VALUES(4,'transformer.block.0.attention.out.bias',0,'f32','[4]',16,201873822636607214,X'00000000acc527b72cc527b7a8c527b7');
INSERT INTO model_tensors VALUES(4,'transformer.block.0.forward_norm.gain',0,'f32','[4]',16,-9191775938718854339,X'5400803f58ff7f3f58ff7f3f58ff7f3f');
INSERT INTO model_tensors VALUES(4,'transformer.block.0.forward_norm.bias',0,'f32','[4]',16,3803480830106256208,X'21a327375bb827b788b92737f1be2737');
INSERT INTO model_tensors VALUES(4,'transformer.block.0.forward_gate.weight',0,'f32','[4,4]',64,810192472542702958,X'6c56f2bc4983333c7fc652bc298391bc6d61da3b0d45263c8d4db2bbd72e843cd687143b9ceb923bb0ea83399a3b0cbcce1e8bbca2bf153d73d7c7bb7e8859bc');
INSERT INTO model_tensors VALUES(4,'transformer.block.0.forward_gate.bias',0,'f32','[4]',16,7325484152955499892,X'1cb027b7a10327b700000000555926b7');
INSERT INTO model_tensors VALUES(4,'transformer.block.0.feed_forward.in.weight',0,'f32','[4,8]',128,-6098698238452479019,X'7e0a183cba8f193d1dc0a73cfd2390bc98a8eb39a2c32bbc5bac50bcafbaeb3bfab2a4bceb149a3b9a51cd3c5375613ca85ebcbc393c9dbca472193d3cc19f3cea9df83c2a40593bf46f083d9ac5f6bcd139033c445eab3ba6a8f83b455355bb78de773d95f145bd07508f3c69d2593cdfd5b53cc542f8b9fbc5e53b25889f3c');
INSERT INTO model_tensors VALUES(4,'transformer.block.0.feed_forward.in.bias',0,'f32','[8]',32,-6968657051702803676,X'e9c427370000000031c42737e40b21b74ac527370000000084be27b72a6f24b7');
INSERT INTO model_tensors VALUES(4,'transformer.block.0.feed_forward.out.weight',0,'f32','[4,4]',64,7006980537632112566,X'51955fbc5dd62d3b0ce2f03be2a49f3ccfd09fbc2b9a93bc0197aa3cdc798d3c1e95853bdb3a09bdc31a0d3b91e51abd1b09693c9a67673cd865b5bbf3f56d3c');
INSERT INTO model_tensors VALUES(4,'transformer.block.0.feed_forward.out.bias',0,'f32','[4]',16,3538649643890348238,X'adc52737acc527b700000000a9c527b7');
INSERT INTO model_tensors VALUES(4,'transformer.norm.gain',0,'f32','[4]',16,-2425417022288875691,X'5400803f5400803f58ff7f3f58ff7f3f');
INSERT INTO model_tensors VALUES(4,'transformer.norm.bias',0,'f32','[4]',16,-5696627513308264113,X'a6c52737a2c52737a8c527379ac52737');
INSERT INTO model_tensors VALUES(4,'items.weight',0,'f32','[3,4]',48,-3410142684342384235,X'3fa820bb663d3dbc85cecfbcca2e183c02c2c0bb680097bb77cad5bcf72b783ced86733cd14f7e3b4bd44bb980ad313c');
INSERT INTO model_tensors VALUES(4,'item_ids',0,'i64','[3]',24,1928582931854338511,X'010000000000000002000000000000000300000000000000');
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
INSERT INTO runs VALUES(1,1795622998,'infodiet simulate --environment choc-kale --policy random --users 2 --sessions 1 --seed 1','{"settings":[],"first":0,"users":2,"sessions":1,"sweep":null,"updates":400}',1,'choc-kale','["random"]','null','{"policies":[{"name":"random","return":968.629241923742,"return_stderr":9.766546261810618,"percent_of_optimum":8.760518837585055,"percent_stderr":4.689055073959215,"diet":{"available.effective_topics":null,"available.simpson":null,"available.gini":null,"available.coverage":null,"available.majority_share":null,"available.intra_list_diversity":null,"available.novelty":null,"available.nutrition":null,"available.sugar":{"mean":0.5408450704225354,"stderr":0.01690140845070426,"sessions":2},"available.minutes":null,"shown.effective_topics":null,"shown.simpson":null,"shown.gini":null,"shown.coverage":null,"shown.majority_share":null,"shown.intra_list_diversity":null,"shown.novelty":null,"shown.nutrition":null,"shown.sugar":{"mean":0.5483333333333336,"stderr":0.020000000000000073,"sessions":2},"shown.minutes":null,"consumed.effective_topics":null,"consumed.simpson":null,"consumed.gini":null,"consumed.coverage":null,"consumed.majority_share":null,"consumed.intra_list_diversity":null,"consumed.novelty":null,"consumed.nutrition":null,"consumed.sugar":{"mean":0.5483333333333336,"stderr":0.020000000000000073,"sessions":2},"consumed.minutes":null,"shown.calibration_divergence":null,"shown.calibration_distance":null,"consumed.calibration_divergence":null,"consumed.calibration_distance":null,"consumed.items":{"mean":60.0,"stderr":0.0,"sessions":2},"overload":null,"bubble_index":null,"terms.engagement":{"mean":60.0,"stderr":0.0,"sessions":2},"terms.quality":null,"terms.diversity":null,"terms.novelty":null,"terms.overload":null,"consumed.fragmentation":null}}],"curve":null,"optimum":{"value":1158.6663815225154,"greedy":1158.6663815225154,"random":950.3824925989372,"error":1.1368683772161603e-12}}');
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
INSERT INTO steps VALUES(1,0,'[1]',0,6.7290108457219099946,6.7290108457219099946,NULL,NULL,NULL,NULL);
INSERT INTO steps VALUES(2,0,'[9]',0,19.601890634937433333,19.601890634937433333,NULL,NULL,NULL,NULL);
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
INSERT INTO outputs VALUES(1,1700000000,'report','/nowhere/report.html');
CREATE INDEX import_rejects_by_import ON import_rejects (import_id);
CREATE UNIQUE INDEX models_published ON models (name) WHERE state = 'published';
CREATE UNIQUE INDEX models_training ON models (name) WHERE state = 'training';
CREATE INDEX model_tensors_by_name ON model_tensors (model_id, name, chunk);
CREATE INDEX sessions_by_user ON sessions (user_id) WHERE user_id IS NOT NULL;
CREATE INDEX items_by_listing ON items (listed, id);
COMMIT;
PRAGMA application_id = 1768842852; PRAGMA user_version = 5;
