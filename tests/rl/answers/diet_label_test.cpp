#include "rl/answers/diet_label.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <map>
#include <numeric>

#include "recsys/import/import.hpp"
#include "recsys/store/database.hpp"
#include "rl/answers/advice.hpp"
#include "tests/rl/sample_data.hpp"
#include "tests/support/temporary_folder.hpp"

namespace infodiet::rl {
namespace {

using testing::HasSubstr;
using testing::Not;

/// Ranks from 0, those of equal values their mean.
std::vector<double> ranks(const std::vector<double>& values) {
  std::vector<std::size_t> order(values.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) { return values[a] < values[b]; });
  std::vector<double> ranked(values.size());
  for (std::size_t i = 0; i < order.size();) {
    std::size_t end = i;
    while (end < order.size() && values[order[end]] == values[order[i]]) ++end;
    for (std::size_t k = i; k < end; ++k) ranked[order[k]] = static_cast<double>(i + end - 1) / 2;
    i = end;
  }
  return ranked;
}

double rank_correlation(const std::vector<double>& x, const std::vector<double>& y) {
  const std::vector<double> a = ranks(x);
  const std::vector<double> b = ranks(y);
  const double middle = static_cast<double>(x.size() - 1) / 2;
  double ab = 0, aa = 0, bb = 0;
  for (std::size_t i = 0; i < a.size(); ++i) {
    ab += (a[i] - middle) * (b[i] - middle);
    aa += (a[i] - middle) * (a[i] - middle);
    bb += (b[i] - middle) * (b[i] - middle);
  }
  return ab / std::sqrt(aa * bb);
}

/// Skips the test where it is missing.
std::optional<DataWorld> movie_data() {
  const auto folder = std::filesystem::path(INFODIET_DATASETS) / "ml-latest-small";
  if (!std::filesystem::exists(folder)) return std::nullopt;
  const test::TemporaryFolder temporary;
  recsys::Database db(temporary.file("ml.db"), recsys::OpenMode::create);
  recsys::import_paths(db, {.paths = {folder.string()}});
  return load_data_world(db);
}

void expect_fair_grades_and_tried_advice(const DataWorld& world) {
  engine::ThreadPool pool(2);
  const Population everybody = population_of(world, pool);
  const std::span<const LabelMetric> metrics = label_metrics();
  std::map<std::size_t, std::pair<std::vector<double>, std::vector<double>>> grades;  // histories, marks by metric
  std::size_t proposals = 0;
  for (std::size_t user = 0; user < world.data.users(); ++user) {
    SCOPED_TRACE("person " + std::to_string(user));
    const recsys::History history = world.data.history(user);
    const Diet diet = diet_of_history(world, history);
    const Population peers = everybody.peers_of(history.size());
    for (std::size_t m = 0; m < metrics.size(); ++m) {
      const std::optional<double> value = metrics[m].value(diet);
      if (!value) continue;
      grades[m].first.push_back(static_cast<double>(history.size()));
      grades[m].second.push_back(static_cast<double>(*grade(peers, m, *value)));
    }
    const std::vector<Advice> advice = advise(world, history, diet, peers);
    EXPECT_LE(advice.size(), 2U);
    if (advice.size() == 2) {
      EXPECT_NE(advice[0].metric, advice[1].metric);
    }
    for (const Advice& given : advice) {
      const LabelMetric& metric = metrics[given.metric];
      const double before = *metric.value(diet);
      EXPECT_THAT(given.text, Not(HasSubstr("100 % of people")));
      const bool praise = given.text.find("worth keeping") != std::string::npos;
      EXPECT_EQ(peers.better_than(given.metric, before) >= 0.6, praise) << given.text;
      if (!praise) {
        EXPECT_LT(peers.better_than(given.metric, before), 0.5) << given.text;
      }
      if (!given.after) continue;
      ++proposals;
      const double gain = metric.better == Better::more ? *given.after - before : before - *given.after;
      EXPECT_GT(gain, 0) << given.text;
    }
  }
  EXPECT_GT(proposals, world.data.users() / 2);
  for (const auto& [m, of_people] : grades) {
    EXPECT_LT(std::abs(rank_correlation(of_people.first, of_people.second)), 0.1) << metrics[m].title;
  }
}

TEST(DietLabel, IsFairToShortHistoriesAndTriesItsAdviceInTheSampleWorld) {
  expect_fair_grades_and_tried_advice(test::sample_data());
}

TEST(DietLabel, IsFairToShortHistoriesAndTriesItsAdviceOnMovies) {
  const std::optional<DataWorld> world = movie_data();
  if (!world) GTEST_SKIP() << "no ml-latest-small in " << INFODIET_DATASETS;
  expect_fair_grades_and_tried_advice(*world);
}

/// Twelve people of four items each: person p consumes p % 4 items of topic "a" and the rest of "b" to "e".
DataWorld small_world(bool with_attributes) {
  recsys::Dataset data;
  std::vector<recsys::Item> items;
  for (std::int64_t i = 0; i < 8; ++i) {
    data.item_ids.push_back(i + 1);
    recsys::Item item{.key = "i" + std::to_string(i)};
    if (with_attributes) {
      item.topics = {std::string(1, static_cast<char>(i < 4 ? 'a' : 'a' + i - 3))};
      item.quality = 0.1 * static_cast<double>(i);
    }
    items.push_back(item);
  }
  for (std::uint32_t person = 0; person < 12; ++person) {
    data.user_ids.push_back(person + 1);
    for (std::uint32_t k = 0; k < 4; ++k) data.items.push_back(k < person % 4 + 1 ? k : 4 + k);
    data.offsets.push_back(data.items.size());
  }
  const recsys::RatingTotals no_ratings{.sum = std::vector<double>(8), .count = std::vector<std::size_t>(8)};
  return make_data_world(std::make_shared<const recsys::Dataset>(std::move(data)), recsys::ItemTable(items),
                         no_ratings);
}

TEST(Advice, CarriesItsChangeOut) {
  const DataWorld world = small_world(true);
  engine::ThreadPool pool(1);
  const recsys::History only_a = world.data.history(3);
  const Diet diet = diet_of_history(world, only_a);
  const std::vector<Advice> advice = advise(world, only_a, diet, population_of(world, pool));
  ASSERT_EQ(advice.size(), 2U);
  EXPECT_THAT(advice[0].text,
              HasSubstr("100 % of it is a: with 1 of its 4 items from b instead, of which it has 0 % now, "
                        "its variety would go from 1.00 to 1.75."));
  EXPECT_NEAR(*advice[0].after, 1 / (std::pow(0.75, 0.75) * std::pow(0.25, 0.25)), 1e-12);
  EXPECT_THAT(advice[1].text, HasSubstr("Its novelty is worth keeping"));
  EXPECT_FALSE(advice[1].after);
}

TEST(Advice, SaysNothingOfAttributesThatTheItemsDoNotHave) {
  const DataWorld world = small_world(false);
  engine::ThreadPool pool(1);
  const Population everybody = population_of(world, pool);
  for (std::size_t user = 0; user < world.data.users(); ++user) {
    const recsys::History history = world.data.history(user);
    for (const Advice& given : advise(world, history, diet_of_history(world, history), everybody)) {
      EXPECT_STREQ(label_metrics()[given.metric].key, "novelty") << given.text;
    }
  }
}

TEST(Population, PeersHaveAboutAsLongAHistory) {
  Population everybody{.values = {{}}, .by_history = {{}}};
  for (std::size_t i = 0; i < 1000; ++i) {
    everybody.by_history[0].push_back({i, static_cast<double>(i)});
    everybody.values[0].push_back(static_cast<double>(i));
  }
  const Population peers = everybody.peers_of(500);
  EXPECT_EQ(peers.values[0].front(), 450);
  EXPECT_EQ(peers.values[0].back(), 549);
  EXPECT_NEAR(peers.better_than(0, 500), 0.505, 1e-12);
  EXPECT_EQ(everybody.peers_of(0).values[0].back(), 49);
  EXPECT_EQ(everybody.peers_of(5000).values[0].front(), 950);
}

}  // namespace
}  // namespace infodiet::rl
