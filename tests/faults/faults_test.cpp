// Every writing system call of the operations that change files, refused or never made: the file then has its old or
// its new state, never one between, and the next program can use it.
#include <gtest/gtest.h>

#include <array>
#include <cstdlib>
#include <filesystem>
#include <functional>
#include <string>
#include <vector>

#include "engine/io/atomic_file.hpp"
#include "engine/parallel.hpp"
#include "recsys/attention/model_file.hpp"
#include "recsys/import/import.hpp"
#include "recsys/store/catalogue.hpp"
#include "recsys/store/catalogue_writer.hpp"
#include "recsys/store/doctor.hpp"
#include "recsys/store/forget.hpp"
#include "recsys/store/load_dataset.hpp"
#include "recsys/store/model_store.hpp"
#include "recsys/store/new_database.hpp"
#include "rl/environments/satiation.hpp"
#include "rl/policies/simple.hpp"
#include "rl/runs/run_store.hpp"
#include "tests/faults/faulty_disk.hpp"
#include "tests/support/attack.hpp"
#include "tests/support/read_file.hpp"
#include "tests/support/temporary_folder.hpp"

namespace infodiet::test {
namespace {

namespace fs = std::filesystem;

using recsys::Database;
using recsys::OpenMode;

const std::string somebody = "somebody-unmistakable-4711";

struct Work {
  const char* name;
  std::function<void(const std::string& folder)> prepare;
  std::function<void(const std::string& folder)> run;
  /// The visible state of the folder, afterwards: equal before and after only if nothing changed.
  std::function<std::string(const std::string& folder)> look;
};

std::string database_in(const std::string& folder) {
  return folder + "/a.db";
}

void publish(Database& db, float value) {
  const std::vector<float> values(5000, value);
  const std::vector<recsys::TensorToStore> tensors{recsys::tensor_to_store<float>("a", {values.size()}, values),
                                                   recsys::tensor_to_store<float>("b", {values.size()}, values)};
  recsys::publish_model(db, {.name = "m", .data_fingerprint = "d", .forgets = recsys::count_forgets(db)}, tensors);
}

void make_database(const std::string& folder) {
  Database db(database_in(folder), OpenMode::create);
  {
    recsys::CatalogueWriter writer(db);
    for (int i = 0; i < 200; ++i) {
      const std::string user = i % 5 == 0 ? somebody : std::to_string(i % 5);
      writer.add({.user_id = writer.user(user), .item_id = writer.item(std::to_string(i % 40)), .time = i});
    }
    writer.commit();
  }
  publish(db, 1);
}

// Opening to write finishes what was left unfinished, as any command would.
std::string look_at_database(const std::string& folder) {
  { const Database writer(database_in(folder), OpenMode::read_write); }
  EXPECT_EQ(recsys::check_database(database_in(folder)), std::vector<std::string>());
  const Database db(database_in(folder), OpenMode::read_only);
  const recsys::Counts counts = recsys::count_contents(db);
  std::string seen = std::to_string(counts.users) + " users, " + std::to_string(counts.interactions) + " interactions";
  const recsys::ModelReader reader(db, "m");
  const std::vector<float> a = reader.read<float>("a");
  EXPECT_EQ(a, reader.read<float>("b")) << "a mix of two models";
  seen += ", model " + std::to_string(a.front()) + " marked " + std::to_string(reader.record().forgotten_users);
  const bool known = recsys::find_user(db, somebody).has_value();
  for (const char* suffix : {"", "-wal"}) {
    const bool there = read_file(database_in(folder) + suffix).find(somebody) != std::string::npos;
    EXPECT_TRUE(known || !there) << "bytes of somebody who was forgotten";
  }
  return seen;
}

// Trains an epoch, keeps a checkpoint, trains another and publishes.
void train(const std::string& folder) {
  constexpr recsys::AttentionConfig config{.width = 8, .blocks = 1, .heads = 1, .ffn_width = 8, .max_length = 8};
  constexpr recsys::TrainingConfig training{.batch = 8, .learning_rate = 0.05, .warmup_steps = 0, .max_epochs = 2};
  Database db(database_in(folder), OpenMode::read_write);
  const recsys::Dataset data = recsys::load_dataset(db);
  engine::ThreadPool pool(1);
  recsys::TrainingRun run(pool, data, {}, config, training);
  const recsys::RunIdentity identity{.config = config,
                                     .training = training,
                                     .holdout = {},
                                     .data_fingerprint = recsys::data_fingerprint(data),
                                     .forgets = data.forgets};
  const auto goes_on = [](std::size_t, double) { return true; };
  run.run_epoch(goes_on);
  if (!recsys::save_attention_checkpoint(db, identity, run, 1)) throw std::logic_error("nobody was forgotten");
  run.run_epoch(goes_on);
  recsys::publish_attention_model(db, identity, run, {});
}

std::string look_at_training(const std::string& folder) {
  std::string seen = look_at_database(folder);
  const Database db(database_in(folder), OpenMode::read_only);
  if (recsys::published_attention(db)) {
    recsys::load_attention_model(db, recsys::load_dataset(db));
    seen += ", attention";
  }
  return seen;
}

void simulate(const std::string& folder) {
  Database db(database_in(folder), OpenMode::read_write);
  engine::ThreadPool pool(1);
  const rl::RunRecord record{.command = "infodiet simulate",
                             .configuration = "{}",
                             .seed = 4,
                             .environment = "satiation",
                             .policies = "[\"random\"]",
                             .reward = "null"};
  rl::RunWriter writer(db, record, rl::Keep::steps, {});
  writer.begin_policy("random");
  rl::simulate(rl::Satiation({.steps = 6}), rl::RandomPolicy(), {.seed = 4, .count = 50}, pool, &writer);
  writer.finish("{}");
}

std::string look_at_simulation(const std::string& folder) {
  std::string seen = look_at_database(folder);
  const Database db(database_in(folder), OpenMode::read_only);
  for (const rl::StoredRun& run : rl::list_runs(db)) {
    std::size_t steps = 0;
    for (const rl::StoredSession& session : rl::list_sessions_with_steps(db, run.id, "random")) {
      steps += rl::load_steps(db, session.id).size();
    }
    seen += ", a run of " + std::to_string(steps) + " steps";
  }
  return seen;
}

std::string csv_in(const std::string& folder) {
  return folder + "/new.csv";
}

void write_csv(const std::string& folder) {
  std::ofstream file(csv_in(folder));
  file << "user,item\n";
  for (int i = 0; i < 300; ++i) file << "new" << i % 7 << ",item" << i % 30 << '\n';
}

const std::vector<Work> works{
    {.name = "import",
     .prepare =
         [](const std::string& folder) {
           make_database(folder);
           write_csv(folder);
         },
     .run =
         [](const std::string& folder) {
           Database db(database_in(folder), OpenMode::read_write);
           recsys::import_paths(db, {.paths = {csv_in(folder)}});
         },
     .look = look_at_database},
    {.name = "first import",
     .prepare = write_csv,
     .run =
         [](const std::string& folder) {
           recsys::DatabaseToFill file(database_in(folder));
           recsys::import_paths(file.db(), {.paths = {csv_in(folder)}});
           file.commit();
         },
     .look = [](const std::string& folder) -> std::string {
       if (!fs::exists(database_in(folder))) return "nothing";
       EXPECT_EQ(recsys::check_database(database_in(folder)), std::vector<std::string>());
       const Database db(database_in(folder), OpenMode::read_only);
       return std::to_string(recsys::count_contents(db).interactions);
     }},
    {.name = "publish",
     .prepare = make_database,
     .run =
         [](const std::string& folder) {
           Database db(database_in(folder), OpenMode::read_write);
           publish(db, 2);
         },
     .look = look_at_database},
    {.name = "train", .prepare = make_database, .run = train, .look = look_at_training},
    {.name = "simulate", .prepare = make_database, .run = simulate, .look = look_at_simulation},
    {.name = "forget",
     .prepare = make_database,
     .run =
         [](const std::string& folder) {
           Database db(database_in(folder), OpenMode::read_write);
           recsys::forget_user(db, somebody);
         },
     .look = look_at_database},
    {.name = "export",
     .prepare = [](const std::string& folder) { std::ofstream(folder + "/out") << "old"; },
     .run =
         [](const std::string& folder) {
           engine::AtomicFile file(folder + "/out");
           file.write(std::string(100'000, 'n'));
           file.commit();
         },
     .look =
         [](const std::string& folder) {
           { engine::AtomicFile(folder + "/out"); }
           EXPECT_EQ(std::distance(fs::directory_iterator(folder), {}), 1) << "what was left is removed by the next";
           return read_file(folder + "/out");
         }},
};

// The short form attacks every call up to this many, then fewer and fewer; the long form, by the environment variable
// INFODIET_ATTACK, attacks all of them.
long next_call(long call) {
  constexpr long every_one = 8;
  return call < every_one || std::getenv("INFODIET_ATTACK") != nullptr ? call + 1 : call + call / 2;
}

/// Returns how many calls it attacked.
long attack(const Work& work, Fault fault, bool sticky) {
  const TemporaryFolder folder;
  const std::string whole = folder.file("whole");
  const std::string copy = folder.file("copy");
  const auto renew = [&] {
    fs::remove_all(copy);
    fs::copy(whole, copy, fs::copy_options::recursive);
  };
  fs::create_directories(whole);
  work.prepare(whole);
  renew();
  const std::string before = work.look(copy);
  renew();
  work.run(copy);
  const std::string after = work.look(copy);
  EXPECT_NE(before, after);
  bool reached = true;
  long attacked = 0;
  for (long call = 0; reached; call = next_call(call)) {
    SCOPED_TRACE(std::string(work.name) + ", call " + std::to_string(call));
    renew();
    const Ended ended = run_with(
        {.fault = fault, .at = call, .sticky = sticky}, [&] { work.run(copy); }, reached);
    const std::string found = work.look(copy);
    if (ended == Ended::done) {
      EXPECT_EQ(found, after);
    } else {
      EXPECT_TRUE(found == before || found == after) << found;
    }
    if (testing::Test::HasFailure()) break;
    attacked += reached ? 1 : 0;
  }
  return attacked;
}

std::string name_of(Fault fault) {
  static constexpr std::array names{"Killed", "IoError", "DiskFull", "ReadError", "PowerCut"};
  return names[static_cast<std::size_t>(fault)];
}

class Faults : public testing::TestWithParam<Fault> {
 protected:
  static void attack_all(bool sticky) {
    std::string counts;
    for (const Work& work : works)
      counts += std::string(" ") + work.name + " " + std::to_string(attack(work, GetParam(), sticky));
    tell_of_attack(name_of(GetParam()) + (sticky ? " from there on at" : " at") + counts);
  }
};

TEST_P(Faults, LeaveOldOrNewNeverBetween) {
  attack_all(false);
}

TEST_P(Faults, ThatStayLeaveOldOrNewNeverBetween) {
  if (GetParam() != Fault::io_error && GetParam() != Fault::disk_full) GTEST_SKIP() << "who has died stays dead";
  attack_all(true);
}

// An unreadable disk is not a damaged file: the message must not advise restoring a copy.
TEST(ReadFaults, AreNotTakenForDamage) {
  const TemporaryFolder folder;
  make_database(folder.file(""));
  bool reached = true;
  for (long call = 0; reached; call = next_call(call)) {
    SCOPED_TRACE("read " + std::to_string(call));
    const std::string claim = folder.file("claim");
    run_with(
        {.fault = Fault::read_error, .at = call},
        [&] {
          const std::vector<std::string> problems = recsys::check_database(database_in(folder.file("")));
          if (!problems.empty()) std::ofstream(claim) << problems.front();
        },
        reached);
    EXPECT_EQ(read_file(claim), "");
  }
}

INSTANTIATE_TEST_SUITE_P(Kinds, Faults,
                         testing::Values(Fault::killed, Fault::io_error, Fault::disk_full, Fault::power_cut),
                         [](const auto& instance) { return name_of(instance.param); });

}  // namespace
}  // namespace infodiet::test
