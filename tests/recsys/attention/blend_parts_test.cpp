#include "recsys/attention/blend_parts.hpp"

#include <gtest/gtest.h>

#include <numeric>

#include "recsys/baselines/ease.hpp"
#include "recsys/baselines/item_knn.hpp"
#include "recsys/baselines/markov.hpp"
#include "recsys/baselines/recent_popularity.hpp"
#include "recsys/store/forget.hpp"
#include "recsys/store/item_attributes.hpp"
#include "tests/recsys/import/import_fixture.hpp"
#include "tests/support/small_dataset.hpp"

namespace infodiet::recsys {
namespace {

class BlendPartsOfFile : public ImportTest {
 protected:
  BlendParts parts(const TrainingConfig& training = {}) const {
    return make_blend_parts(load_dataset(db_), training, load_item_attributes(db_));
  }
  std::vector<std::string> names(const TrainingConfig& training = {}) const {
    std::vector<std::string> all;
    for (const auto& model : parts(training).models) all.push_back(model->name());
    return all;
  }
};

TEST_F(BlendPartsOfFile, LeaveOutWhatTheSettingsLeaveOut) {
  import_text("log.csv", "user,item,time\nu,a,1700000000\nu,b,1700000060\nv,a,1700000000\nv,b,1700000060\n");
  using Names = std::vector<std::string>;
  EXPECT_EQ(names(), (Names{"item_knn", "ease", "markov", "recent_popularity"}));
  EXPECT_EQ(names({.neighbours = Part::none, .markov = Part::none}), (Names{"ease", "recent_popularity"}));
  EXPECT_EQ(names({.linear = Part::none, .recent = Part::none}), (Names{"item_knn", "markov"}));
}

// Only ann consumed both the first and the second: nobody else's interactions connect the two.
TEST_F(BlendPartsOfFile, KeepNothingOfWhomWasForgotten) {
  std::string log = "user,item,time\nann,first,1700000000\nann,second,1700000060\nann,only,1700000120\n";
  for (int user = 0; user < 5; ++user) {
    const std::string name = "u" + std::to_string(user);
    log += name + ",first,1700000000\n" + name + ",third,1700000060\n";
    log += "w" + name + ",second,1700000000\nw" + name + ",third,1700000060\n";
  }
  import_text("log.csv", log);
  const auto connected = [&] {
    const Dataset data = load_dataset(db_);
    const auto item = [&](std::string_view key) {
      const auto at = std::lower_bound(data.item_ids.begin(), data.item_ids.end(), find_item(db_, key).value());
      return static_cast<ItemIndex>(at - data.item_ids.begin());
    };
    const ItemIndex first = item("first");
    const ItemIndex second = item("second");
    const BlendParts made = parts();
    const auto weight = [&](const SparseRows& rows) {
      for (const SparseRows::Entry& entry : rows.row(first)) {
        if (entry.column == second) return entry.value;
      }
      return 0.0F;
    };
    const auto& recent = dynamic_cast<const RecentPopularity&>(*made.models[3]).counted();
    return std::vector<double>{
        weight(dynamic_cast<const ItemKnn&>(*made.models[0]).counted().similar),
        weight(Ease(data, {.l2 = 1}).solved().weights),
        weight(dynamic_cast<const Markov&>(*made.models[2]).counted().transitions),
        static_cast<double>(std::count(recent.times.begin(), recent.times.end(), 1'700'000'120)),
    };
  };
  for (const double before : connected()) EXPECT_NE(before, 0);
  const double with_ann = connected()[1];
  ASSERT_TRUE(forget_user(db_, "ann"));
  const std::vector<double> after = connected();
  EXPECT_EQ(after[0], 0);
  EXPECT_LT(after[1], with_ann) << "by others it is even less than nothing";
  EXPECT_EQ(after[2], 0);
  EXPECT_EQ(after[3], 0);
}

TEST(BlendParts, SayWhyThereIsNoLinearMemory) {
  std::vector<ItemIndex> many(17'000);
  std::iota(many.begin(), many.end(), ItemIndex{0});
  SparseRows none;
  none.offsets.resize(many.size() + 1, 0);
  const BlendParts parts = make_blend_parts(test::small_dataset({many}, many.size()), {}, none);
  EXPECT_EQ(parts.models.size(), 3U);
  EXPECT_NE(parts.without.find("2.2 GiB"), std::string::npos) << parts.without;
}

}  // namespace
}  // namespace infodiet::recsys
