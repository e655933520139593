// Cached keys and values give the same results as recomputing histories.
#include "recsys/attention/read_states.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>
#include <memory>
#include <string>

#include "engine/blas_setup.hpp"
#include "engine/random.hpp"
#include "recsys/attention/model.hpp"
#include "tests/support/sanitized.hpp"

namespace infodiet::recsys {
namespace {

constexpr std::size_t states_catalogue = 40;
constexpr std::size_t longest = 12;
// Of scores up to 20. Only OpenBLAS's kernels for AVX-512 sum one row in the order of many (Zen: 1.9e-4 at most).
float rounding() {
  for (const char* kernels : {"SkylakeX", "Cooperlake", "SapphireRapids"}) {
    if (engine::blas_kernels() == kernels) return 1e-5F;
  }
  return 1e-3F;
}

// As large as trained weights are, so that differences between histories are not lost in rounding.
AttentionWeights weights_of(const AttentionConfig& config, std::uint64_t seed) {
  AttentionWeights weights = initial_weights(config, states_catalogue, seed);
  for (float& value : weights.network.flat()) value *= 8;
  for (float& value : weights.items) value *= 20;
  return weights;
}

std::unique_ptr<AttentionModel> model_of(const AttentionConfig& config, std::uint64_t seed, std::size_t state_bytes) {
  auto model = std::make_unique<AttentionModel>(config, weights_of(config, seed));
  if (state_bytes > 0) model->keep_states(state_bytes);
  return model;
}

struct Person {
  std::vector<ItemIndex> items = {};
  std::vector<std::int64_t> times = {};

  History history() const { return {items, times}; }
  void insert(std::size_t position, ItemIndex item, std::int64_t time) {
    items.insert(items.begin() + static_cast<std::ptrdiff_t>(position), item);
    times.insert(times.begin() + static_cast<std::ptrdiff_t>(position), time);
  }
  void erase(std::size_t position) {
    items.erase(items.begin() + static_cast<std::ptrdiff_t>(position));
    times.erase(times.begin() + static_cast<std::ptrdiff_t>(position));
  }
};

void change(Person& person, engine::RandomStream& dice) {
  const std::uint64_t size = person.items.size();
  const auto item = static_cast<ItemIndex>(dice.below(states_catalogue));
  const std::uint64_t what = dice.below(10);
  if (size == 0 || what < 6) {
    const std::int64_t last = size == 0 ? 1'000'000 : person.times.back();
    person.insert(size, item, last + static_cast<std::int64_t>(dice.below(100'000)));
  } else if (what == 6) {
    const std::uint64_t position = dice.below(size);
    person.insert(position, item, person.times[position]);
  } else if (what == 7) {
    person.erase(dice.below(size));
  }  // else they only repeat their request
}

std::vector<float> scores_of(const AttentionModel& model, const History& history) {
  std::vector<float> scores(states_catalogue);
  model.score({&history, 1}, {scores.data(), 1, states_catalogue});
  return scores;
}

std::vector<ItemIndex> list_of(const AttentionModel& model, const History& history) {
  engine::ThreadPool pool(1);
  std::vector<std::vector<ScoredItem>> lists;
  const ListQuery query{history};
  model.recommend(pool, {&query, 1}, 10, lists);
  std::vector<ItemIndex> items;
  for (const ScoredItem& one : lists.front()) items.push_back(one.item);
  return items;
}

class KeptStates : public testing::TestWithParam<engine::BlockKind> {};

TEST_P(KeptStates, GiveTheListsOfReadingAnew) {
  AttentionConfig config{.width = 16, .blocks = 3, .heads = 2, .ffn_width = 24, .block = GetParam()};
  config.relative_buckets = longest;
  config.intervals = engine::Intervals::biased;
  config.temperature = 0.05;
  config.max_length = longest;
  // About ten histories.
  constexpr std::size_t bytes = std::size_t{64} << 10;
  engine::RandomStream dice(7, engine::Purpose::test);
  std::vector<Person> people(20);
  std::uint64_t kept = 0;
  std::size_t most = 0;
  for (std::uint64_t load = 0; load < 3; ++load) {
    const auto keeping = model_of(config, load, bytes);
    const auto anew = model_of(config, load, 0);
    for (int step = 0; step < 200; ++step) {
      // Some come much more often than others.
      Person& person = people[dice.below(1 + dice.below(people.size()))];
      change(person, dice);
      const std::vector<float> ours = scores_of(*keeping, person.history());
      const std::vector<float> theirs = scores_of(*anew, person.history());
      for (std::size_t v = 0; v < states_catalogue; ++v) ASSERT_NEAR(ours[v], theirs[v], rounding()) << "step " << step;
      ASSERT_EQ(list_of(*keeping, person.history()), list_of(*anew, person.history())) << "step " << step;
    }
    const ReadStates::Counts counts = keeping->states()->counts();
    EXPECT_LE(counts.bytes, bytes);
    kept += counts.tokens_kept;
    most = std::max(most, counts.states);
  }
  EXPECT_GT(kept, 1000U);
  EXPECT_LT(most, people.size()) << "nothing had to go";
  EXPECT_GT(most, 3U);
}

TEST_P(KeptStates, AreSharedByHistoriesThatBeginAlike) {
  constexpr std::size_t length = 30;
  const AttentionConfig config{.width = 16,
                               .blocks = 3,
                               .heads = 2,
                               .ffn_width = 24,
                               .block = GetParam(),
                               .relative_buckets = length,
                               .intervals = engine::Intervals::biased,
                               .temperature = 0.05,
                               .max_length = length};
  const auto model = model_of(config, 5, 0);
  engine::RandomStream dice(8, engine::Purpose::test);
  Person whole;
  for (std::size_t i = 0; i < length; ++i) {
    whole.insert(i, static_cast<ItemIndex>(dice.below(states_catalogue)), static_cast<std::int64_t>(1000 * i * i));
  }
  // Each history lacks a different interaction, and the last one also ends with another item.
  for (std::size_t first = 0; first + 4 <= length; first += 3) {
    std::vector<Person> people(4, whole);
    for (std::size_t p = 0; p < people.size(); ++p) people[p].erase(first + p);
    people[3].items.back() = (people[3].items.back() + 1) % states_catalogue;
    std::vector<History> histories;
    for (const Person& person : people) histories.push_back(person.history());
    engine::Matrix<float> together;
    together.resize({people.size(), states_catalogue});
    model->score(histories, together);
    for (std::size_t p = 0; p < people.size(); ++p) {
      const std::vector<float> alone = scores_of(*model, histories[p]);
      for (std::size_t v = 0; v < states_catalogue; ++v)
        ASSERT_NEAR(together(p, v), alone[v], rounding()) << first << " " << p;
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Blocks, KeptStates,
                         testing::Values(engine::BlockKind::gated, engine::BlockKind::hstu, engine::BlockKind::pre_norm,
                                         engine::BlockKind::post_norm));

TEST(ReadStates, OneMoreInteractionIsAllThatIsRead) {
  const AttentionConfig config{.width = 8, .blocks = 2, .heads = 2, .ffn_width = 16, .max_length = 5};
  const auto model = model_of(config, 1, std::size_t{1} << 20);
  const auto read_for = [&](std::vector<ItemIndex> items) {
    const ReadStates::Counts before = model->states()->counts();
    scores_of(*model, {items, {}});
    const ReadStates::Counts after = model->states()->counts();
    return (after.tokens_asked - before.tokens_asked) - (after.tokens_kept - before.tokens_kept);
  };
  EXPECT_EQ(read_for({1, 2, 3}), 3U);
  EXPECT_EQ(read_for({1, 2, 3}), 0U);
  EXPECT_EQ(read_for({1, 2, 3, 4}), 1U);
  EXPECT_EQ(read_for({1, 2, 3, 4, 5}), 1U);
  EXPECT_EQ(read_for({1, 2, 3, 4, 5, 6}), 5U) << "the first one goes, so the positions of all others change";
  EXPECT_EQ(read_for({7, 2, 3}), 3U);
}

std::size_t resident_bytes() {
  std::ifstream file("/proc/self/statm");
  std::size_t all = 0;
  std::size_t resident = 0;
  file >> all >> resident;
  return resident * 4096;
}

// Others' small things are made in between and stay, as lists that are kept do.
TEST(ReadStates, TakeNoMoreMemoryThanTheirBudgetHoweverManyComeAndGo) {
  if (test::sanitized) GTEST_SKIP() << "sanitizers keep what is freed";
  constexpr std::size_t budget = std::size_t{8} << 20;
  ReadStates states(budget);
  engine::RandomStream dice(3, engine::Purpose::test);
  std::vector<std::string> others;
  const std::size_t before = resident_bytes();
  for (std::uint32_t who = 0; who < 3000; ++who) {
    const std::size_t length = 20 + dice.below(180);
    auto state = std::make_unique<ReadState>();
    state->tokens.assign(length, who);
    state->times.assign(length, 0);
    state->pasts.resize(4);
    for (engine::Past<float>& past : state->pasts) {
      const engine::MatrixSpan<float> added = past.extend(length, 64);
      std::fill_n(added.data, added.rows * added.cols, 1.0F);
      others.emplace_back(40 + dice.below(400), 'x');
    }
    states.put(std::move(state));
  }
  EXPECT_LE(states.counts().bytes, budget);
  constexpr std::size_t ours = std::size_t{30} << 20;  // `others`, pages kept for the next, and what the heap rounds up
  EXPECT_LT(resident_bytes(), before + budget + ours);
}

TEST(ReadStates, WhatDoesNotFitTheBudgetIsNotKept) {
  const AttentionConfig config{.width = 8, .blocks = 2, .heads = 2, .ffn_width = 16, .max_length = 5};
  const auto model = model_of(config, 1, 100);
  scores_of(*model, {std::vector<ItemIndex>{1, 2, 3}, {}});
  EXPECT_EQ(model->states()->counts().states, 0U);
  EXPECT_EQ(model->states()->counts().bytes, 0U);
}

}  // namespace
}  // namespace infodiet::recsys
