// Readers while others train, publish, import and forget: every list comes from one model, and nothing fails. Made for
// the thread sanitizer; the environment variable INFODIET_ATTACK makes it longer.
#include <gtest/gtest.h>

#include <atomic>
#include <cstdlib>
#include <map>
#include <mutex>
#include <thread>

#include "recsys/attention/model_file.hpp"
#include "recsys/errors.hpp"
#include "recsys/import/import.hpp"
#include "recsys/store/catalogue_writer.hpp"
#include "recsys/store/doctor.hpp"
#include "recsys/store/forget.hpp"
#include "recsys/store/load_dataset.hpp"
#include "tests/support/temporary_folder.hpp"

namespace infodiet::recsys {
namespace {

constexpr AttentionConfig config{.width = 8, .blocks = 1, .heads = 2, .ffn_width = 8, .max_length = 8};
constexpr TrainingConfig training{
    .batch = 8, .learning_rate = 0.05, .warmup_steps = 0, .max_epochs = 100, .patience = 100};
constexpr int people = 20;
constexpr int items = 30;

std::string person(int number) {
  return "person-" + std::to_string(number);
}

class Readers : public testing::Test {
 protected:
  Readers() {
    Database db(path_, OpenMode::create);
    CatalogueWriter writer(db);
    for (int i = 0; i < people * 10; ++i) {
      writer.add({.user_id = writer.user(person(i % people)),
                  .item_id = writer.item(std::to_string(i * 7 % items)),
                  .time = i});
    }
    writer.commit();
  }

  // Trains an epoch, and publishes and checkpoints it, over and over.
  void train() {
    Database db(path_, OpenMode::read_write);
    const Dataset data = load_dataset(db);
    engine::ThreadPool pool(2);
    TrainingRun run(pool, data, {}, config, training);
    const RunIdentity identity{.config = config,
                               .training = training,
                               .holdout = {},
                               .data_fingerprint = data_fingerprint(data),
                               .forgets = data.forgets};
    for (int round = 0; round < rounds_; ++round) {
      ASSERT_TRUE(run.run_epoch([](std::size_t, double) { return true; }));
      publish_attention_model(db, identity, run, {});
      save_attention_checkpoint(db, identity, run, 1);
      ++published_;
    }
  }

  // New people who consume existing items.
  void import() {
    for (int round = 0; round < rounds_; ++round) {
      Database db(path_, OpenMode::read_write);
      import_paths(db,
                   {.paths = {folder_.write("more.csv", "user,item,time\nnew-" + std::to_string(round) + ",3,1\n")}});
    }
  }

  // One person after another; readers may hold old pages of the log, which delays its truncation.
  void forget() {
    for (int round = 0; round < rounds_ && round < people / 2; ++round) {
      Database db(path_, OpenMode::read_write);
      db.wait_at_most(std::chrono::seconds(60));
      try {
        forget_user(db, person(round));
      } catch (const SqliteError&) {
        throw;
      } catch (const Error&) {
      }
    }
  }

  // Over and over, with pauses: forgetting needs moments in which nobody reads the log that it truncates.
  void read() {
    engine::ThreadPool pool(1);
    while (!done_) {
      const auto begin = std::chrono::steady_clock::now();
      compare_lists(pool);
      std::this_thread::sleep_for(std::chrono::steady_clock::now() - begin);
    }
  }

  // The published model's list, with what others had of it.
  void compare_lists(engine::ThreadPool& pool) {
    const std::vector<ItemIndex> taken{0, 3, 5};
    const Database db(path_, OpenMode::read_only);
    const Snapshot snapshot(db);
    const std::optional<PublishedAttention> published = published_attention(db);
    if (!published) return;
    const std::unique_ptr<BlendedModel> model = load_attention_model(db, load_dataset(db));
    std::vector<std::vector<ScoredItem>> lists;
    model->recommend(pool, std::vector<ListQuery>{{.history = {taken, {}}}}, 10, lists);
    const std::lock_guard lock(mutex_);
    const auto [known, is_new] = lists_.try_emplace(published->id, lists.front());
    EXPECT_EQ(known->second, lists.front()) << "two lists of model " << published->id;
    ++read_;
  }

  test::TemporaryFolder folder_;
  std::string path_ = folder_.file("shared.db");
  const int rounds_ = std::getenv("INFODIET_ATTACK") != nullptr ? 100 : 6;
  std::atomic<bool> done_{false};
  std::atomic<int> published_{0};
  std::atomic<int> read_{0};
  std::mutex mutex_;
  std::map<std::int64_t, std::vector<ScoredItem>> lists_;
};

TEST_F(Readers, SeeOneModelBesideEverybodyWhoWrites) {
  std::vector<std::thread> readers;
  readers.reserve(3);
  for (int i = 0; i < 3; ++i) readers.emplace_back([this] { read(); });
  std::vector<std::thread> writers;
  writers.emplace_back([this] { train(); });
  writers.emplace_back([this] { import(); });
  writers.emplace_back([this] { forget(); });
  for (std::thread& writer : writers) writer.join();
  while (read_ == 0) std::this_thread::yield();
  done_ = true;
  for (std::thread& reader : readers) reader.join();
  EXPECT_EQ(published_, rounds_);
  EXPECT_FALSE(lists_.empty());
  { const Database finishing(path_, OpenMode::read_write); }
  EXPECT_EQ(check_database(path_), std::vector<std::string>());
}

}  // namespace
}  // namespace infodiet::recsys
