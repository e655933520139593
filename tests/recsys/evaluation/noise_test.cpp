#include "recsys/evaluation/noise.hpp"

#include <gtest/gtest.h>

#include "engine/errors.hpp"
#include "tests/support/small_dataset.hpp"

namespace infodiet::recsys {
namespace {

struct AskedCases {
  Dataset data;
  std::vector<EvaluationCase> cases;
};

AskedCases asked(std::size_t users, std::size_t length, std::size_t catalogue) {
  std::vector<std::vector<ItemIndex>> histories(users);
  std::vector<std::vector<std::int64_t>> times(users);
  for (std::size_t user = 0; user < users; ++user) {
    for (std::size_t i = 0; i <= length; ++i) {
      histories[user].push_back(static_cast<ItemIndex>((user + i) % catalogue));
      times[user].push_back(static_cast<std::int64_t>(1000 * i + user));
    }
  }
  AskedCases all{.data = test::small_dataset(histories, catalogue, times), .cases = {}};
  for (std::size_t user = 0; user < users; ++user) {
    const History whole = all.data.history(user);
    all.cases.push_back({.user = user, .history = whole.first(length), .targets = whole.items.subspan(length)});
  }
  return all;
}

std::size_t changed(const AskedCases& all, const NoisyCases& noisy) {
  std::size_t count = 0;
  for (std::size_t c = 0; c < all.cases.size(); ++c) {
    for (std::size_t i = 0; i < all.cases[c].history.size(); ++i) {
      count += noisy.cases()[c].history.items[i] != all.cases[c].history.items[i] ? 1U : 0U;
    }
  }
  return count;
}

TEST(NoisyCases, ReplaceTheShareOfTheHistoriesAndNothingElse) {
  const AskedCases all = asked(100, 50, 60);
  EXPECT_EQ(changed(all, {all.cases, 0, 60, 1}), 0U);
  const NoisyCases noisy(all.cases, 0.2, 60, 1);
  // 5,000 draws at .2, of which one in 60 is the item that was there: 983 expected, standard deviation 28.
  EXPECT_NEAR(static_cast<double>(changed(all, noisy)), 983, 100);
  for (std::size_t c = 0; c < all.cases.size(); ++c) {
    EXPECT_EQ(noisy.cases()[c].history.times.data(), all.cases[c].history.times.data());
    EXPECT_EQ(noisy.cases()[c].targets.data(), all.cases[c].targets.data());
    const auto items = noisy.cases()[c].history.items;
    EXPECT_EQ(std::count(items.begin(), items.end(), all.cases[c].targets[0]), 0) << "no target is told";
  }
}

TEST(NoisyCases, AreAFunctionOfTheSeed) {
  const AskedCases all = asked(20, 10, 30);
  const NoisyCases first(all.cases, 0.5, 30, 1);
  const NoisyCases again(all.cases, 0.5, 30, 1);
  const NoisyCases other(all.cases, 0.5, 30, 2);
  bool differs = false;
  for (std::size_t c = 0; c < all.cases.size(); ++c) {
    const auto items = first.cases()[c].history.items;
    EXPECT_TRUE(std::equal(items.begin(), items.end(), again.cases()[c].history.items.begin()));
    differs = differs || !std::equal(items.begin(), items.end(), other.cases()[c].history.items.begin());
  }
  EXPECT_TRUE(differs);
}

TEST(NoisyCases, RefuseSharesThatAreNone) {
  const AskedCases all = asked(1, 2, 3);
  EXPECT_THROW(NoisyCases(all.cases, -0.1, 3, 1), Error);
  EXPECT_THROW(NoisyCases(all.cases, 1.1, 3, 1), Error);
  EXPECT_THROW(NoisyCases(all.cases, 0.1, 1, 1), Error);
}

}  // namespace
}  // namespace infodiet::recsys
