#include "recsys/store/searches.hpp"

#include <gtest/gtest.h>

#include "recsys/errors.hpp"
#include "tests/support/temporary_folder.hpp"

namespace infodiet::recsys {
namespace {

TEST(Searches, KeepEveryTrial) {
  const test::TemporaryFolder folder;
  Database db(folder.file("s.db"), OpenMode::create);
  EXPECT_TRUE(list_searches(db).empty());
  const Search search{.configuration = "{}",
                      .seed = ~std::uint64_t{0},
                      .data_fingerprint = "f",
                      .holdout = "last",
                      .trials = {{}, {.settings = "width=32"}}};
  const std::int64_t id = store_search(db, search).id;
  store_search(db, search);
  const SearchTrial trial{.settings = "width=32", .ndcg = {0.1, 0.25}, .seconds = 1.5, .finished = true};
  update_trial(db, id, 1, trial);

  const std::vector<Search> stored = list_searches(db);
  ASSERT_EQ(stored.size(), 2U);
  EXPECT_EQ(stored[0].id, id);
  EXPECT_EQ(stored[0].seed, search.seed);
  EXPECT_EQ(stored[0].holdout, "last");
  ASSERT_EQ(stored[0].trials.size(), 2U);
  EXPECT_EQ(stored[0].trials[0].ndcg, std::vector<double>());
  EXPECT_EQ(stored[0].trials[1].settings, "width=32");
  EXPECT_EQ(stored[0].trials[1].ndcg, trial.ndcg);
  EXPECT_EQ(stored[0].trials[1].seconds, 1.5);
  EXPECT_TRUE(stored[0].trials[1].finished);
  EXPECT_TRUE(stored[1].trials[1].ndcg.empty()) << "of another search";
  EXPECT_THROW(update_trial(db, 99, 0, trial), SqliteError);

  for (const char* damage : {"UPDATE search_trials SET ndcg = 'x'", "UPDATE search_trials SET ndcg = '[\"a\"]'",
                             "DELETE FROM search_trials WHERE trial = 0"}) {
    Transaction transaction(db);
    db.execute(damage);
    EXPECT_THROW(list_searches(db), DamagedError) << damage;
  }
  db.execute("DELETE FROM searches");
  EXPECT_TRUE(list_searches(db).empty());
}

}  // namespace
}  // namespace infodiet::recsys
