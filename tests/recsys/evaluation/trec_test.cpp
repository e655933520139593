#include "recsys/evaluation/trec.hpp"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <map>
#include <set>
#include <sstream>
#include <system_error>

#include "engine/errors.hpp"
#include "engine/random.hpp"
#include "recsys/baselines/popularity.hpp"
#include "recsys/errors.hpp"
#include "recsys/evaluation/metrics.hpp"
#include "tests/support/small_dataset.hpp"
#include "tests/support/table_recommender.hpp"
#include "tests/support/temporary_folder.hpp"

namespace infodiet::recsys {
namespace {

std::string read_all(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

/// A minimal standard evaluator, written from trec_eval's description, that shares nothing with our code: it ignores
/// the ranks of a run, sorts by score read as `Score`, and breaks ties by document, the greater first.
template <class Score>
class Evaluator {
 public:
  Evaluator(const std::string& qrels, const std::string& run) {
    std::ifstream judged(qrels);
    std::string query, zero, document, relevance;
    while (judged >> query >> zero >> document >> relevance) {
      if (relevance == "1") relevant_[query].insert(document);
    }
    std::ifstream ranked(run);
    std::string q0, rank, score, tag;
    std::map<std::string, std::vector<std::pair<Score, std::string>>> scored;
    while (ranked >> query >> q0 >> document >> rank >> score >> tag) {
      scored[query].emplace_back(static_cast<Score>(std::strtod(score.c_str(), nullptr)), document);
    }
    for (auto& [of, documents] : scored) {
      std::sort(documents.rbegin(), documents.rend());
      for (auto& [value, id] : documents) order_[of].push_back(id);
    }
  }

  std::size_t queries() const { return relevant_.size(); }

  /// The mean over queries of a measure (relevances down the list, relevant in all).
  template <class Measure>
  double mean_of(Measure&& measure) const {
    double sum = 0.0;
    for (const auto& [query, documents] : relevant_) {
      std::vector<bool> hits;
      if (const auto list = order_.find(query); list != order_.end()) {
        for (const std::string& id : list->second) hits.push_back(documents.contains(id));
      }
      sum += measure(hits, documents.size());
    }
    return sum / static_cast<double>(relevant_.size());
  }

 private:
  std::map<std::string, std::set<std::string>> relevant_;
  std::map<std::string, std::vector<std::string>> order_;
};

double ndcg_cut(const std::vector<bool>& hits, std::size_t relevant, std::size_t k) {
  double gain = 0.0;
  double ideal = 0.0;
  for (std::size_t i = 0; i < k; ++i) {
    if (i < hits.size() && hits[i]) gain += std::log(2.0) / std::log(static_cast<double>(i) + 2.0);
    if (i < relevant) ideal += std::log(2.0) / std::log(static_cast<double>(i) + 2.0);
  }
  return gain / ideal;
}

double reciprocal_rank(const std::vector<bool>& hits) {
  const auto first = std::find(hits.begin(), hits.end(), true);
  return first == hits.end() ? 0.0 : 1.0 / static_cast<double>(first - hits.begin() + 1);
}

double map_cut(const std::vector<bool>& hits, std::size_t relevant, std::size_t k) {
  double sum = 0.0;
  double found = 0.0;
  for (std::size_t i = 0; i < std::min(k, hits.size()); ++i) {
    if (hits[i]) sum += ++found / static_cast<double>(i + 1);
  }
  return sum / static_cast<double>(relevant);
}

std::size_t hits_within(const std::vector<bool>& hits, std::size_t k) {
  return static_cast<std::size_t>(
      std::count(hits.begin(), hits.begin() + static_cast<std::ptrdiff_t>(std::min(k, hits.size())), true));
}

template <class Score>
void expect_same_numbers(const test::TemporaryFolder& folder, const RankedCases& ranked) {
  const Evaluator<Score> evaluator(folder.file("qrels.txt"), folder.file(ranked.model + ".run"));
  ASSERT_EQ(evaluator.queries(), ranked.size());
  constexpr double close_enough = 1e-9;
  const auto ours = [&](Metric metric, std::size_t k) { return mean(metric_per_case(metric, ranked, k)); };
  for (std::size_t k : {1, 5, 10, 20}) {
    SCOPED_TRACE(fmt::format("k = {}", k));
    using Hits = std::vector<bool>;
    EXPECT_NEAR(ours(Metric::ndcg, k),
                evaluator.mean_of([k](const Hits& hits, std::size_t r) { return ndcg_cut(hits, r, k); }), close_enough);
    EXPECT_NEAR(ours(Metric::map, k),
                evaluator.mean_of([k](const Hits& hits, std::size_t r) { return map_cut(hits, r, k); }), close_enough);
    EXPECT_NEAR(ours(Metric::hit_rate, k),
                evaluator.mean_of([k](const Hits& hits, std::size_t) { return hits_within(hits, k) > 0 ? 1.0 : 0.0; }),
                close_enough);
    EXPECT_NEAR(ours(Metric::recall, k), evaluator.mean_of([k](const Hits& hits, std::size_t r) {
      return static_cast<double>(hits_within(hits, k)) / static_cast<double>(r);
    }),
                close_enough);
    EXPECT_NEAR(ours(Metric::precision, k), evaluator.mean_of([k](const Hits& hits, std::size_t) {
      return static_cast<double>(hits_within(hits, k)) / static_cast<double>(k);
    }),
                close_enough);
  }
  EXPECT_NEAR(ours(Metric::mrr, ranked.list_length),
              evaluator.mean_of([](const std::vector<bool>& hits, std::size_t) { return reciprocal_rank(hits); }),
              close_enough);
}

const KeyNames plain_keys{.user = [](std::size_t user) { return fmt::format("u{}", user); },
                          .item = [](ItemIndex item) { return fmt::format("i{}", item); }};

/// Scores in steps so coarse that most items tie, some of them negative, huge or tiny.
class CoarseRecommender final : public Recommender {
 public:
  CoarseRecommender(std::size_t items, float unit) : items_(items), unit_(unit) {}
  std::string name() const override { return "coarse"; }
  std::size_t catalogue_size() const override { return items_; }
  void score(std::span<const History> histories, engine::MatrixSpan<float> scores) const override {
    for (std::size_t b = 0; b < histories.size(); ++b) {
      engine::RandomStream random(histories[b].size(), engine::Purpose::test, histories[b].items.front());
      for (std::size_t item = 0; item < items_; ++item) {
        scores.row(b)[item] = unit_ * (static_cast<float>(random.below(5)) - 2.0F);
      }
    }
  }

 private:
  std::size_t items_;
  float unit_;
};

TEST(Trec, AStandardEvaluatorFindsTheSameNumbersDespiteTies) {
  constexpr std::size_t catalogue_items = 60;
  engine::RandomStream random(9, engine::Purpose::test);
  std::vector<std::vector<ItemIndex>> histories(150);
  std::vector<std::vector<ItemIndex>> target_sets(histories.size());
  for (std::size_t user = 0; user < histories.size(); ++user) {
    histories[user].resize(1 + random.below(12));
    target_sets[user].resize(1 + random.below(4));
    for (ItemIndex& item : histories[user]) item = static_cast<ItemIndex>(random.below(catalogue_items));
    for (ItemIndex& item : target_sets[user])
      item = static_cast<ItemIndex>(random.below(catalogue_items));  // seen, repeated
  }
  std::vector<EvaluationCase> cases;
  for (std::size_t user = 0; user < histories.size(); ++user) {
    cases.push_back({.user = user, .history = {.items = histories[user], .times = {}}, .targets = target_sets[user]});
  }
  engine::ThreadPool pool(2);
  for (const float unit : {0.0F, 1.0F, 1e-30F, 1e30F, 3.3333333F}) {
    SCOPED_TRACE(fmt::format("unit {}", unit));
    const test::TemporaryFolder folder;
    const RankedCases ranked = rank_cases(CoarseRecommender(catalogue_items, unit), cases, 20, pool, Repeats::allow);
    write_trec_qrels(folder.file(""), cases, plain_keys);
    write_trec_run(folder.file(""), cases, ranked, plain_keys);
    expect_same_numbers<float>(folder, ranked);
    expect_same_numbers<double>(folder, ranked);
  }
}

TEST(Trec, PrintsScoresThatStrictlyDecrease) {
  const std::vector<ItemIndex> targets{0};
  const std::vector<EvaluationCase> cases{{.user = 7, .history = {}, .targets = targets}};
  engine::ThreadPool pool(1);
  const test::TemporaryFolder folder;
  const RankedCases ranked = rank_cases(test::TableRecommender({{2, 2, 2, 0, 0, -1}}, "tied"), cases, 6, pool);
  write_trec_run(folder.file("deep/er"), cases, ranked, plain_keys);
  EXPECT_EQ(read_all(folder.file("deep/er/tied.run")),
            "u7 Q0 i0 1 2 tied\n"
            "u7 Q0 i1 2 1.99999988 tied\n"
            "u7 Q0 i2 3 1.99999976 tied\n"
            "u7 Q0 i3 4 0 tied\n"
            "u7 Q0 i4 5 -1e-30 tied\n"
            "u7 Q0 i5 6 -1 tied\n");
}

TEST(Trec, EncodesWhatWouldEndAColumn) {
  EXPECT_EQ(percent_encoded("plain-ID_7.é😀,\"'"), "plain-ID_7.é😀,\"'");
  EXPECT_EQ(percent_encoded("a b%20\t\n"), "a%20b%2520%09%0A");
  EXPECT_EQ(percent_encoded(std::string("\0\x7F\x1B", 3)), "%00%7F%1B");
  EXPECT_EQ(percent_encoded("\xC2\xA0|\xC2\x85|\xE3\x80\x80|\xE2\x80\xA8|\xE2\x80\x89"),
            "%C2%A0|%C2%85|%E3%80%80|%E2%80%A8|%E2%80%89");
  EXPECT_EQ(percent_encoded("\xC2"), "\xC2") << "a broken end is kept";
  EXPECT_EQ(percent_encoded(""), "");
}

TEST(Trec, WritesKeysEncodedAndTargetsOnce) {
  const test::TemporaryFolder folder;
  const std::vector<ItemIndex> targets{3, 1, 3};
  const std::vector<EvaluationCase> cases{{.user = 0, .history = {}, .targets = targets}};
  write_trec_qrels(folder.file(""), cases,
                   {.user = [](std::size_t) { return "Ada Lovelace"; },
                    .item = [](ItemIndex item) { return fmt::format("100% {}", item); }});
  EXPECT_EQ(read_all(folder.file("qrels.txt")),
            "Ada%20Lovelace 0 100%25%201 1\n"
            "Ada%20Lovelace 0 100%25%203 1\n");
}

TEST(Trec, AModelsNameStaysInsideTheFolder) {
  const std::vector<ItemIndex> targets{0};
  const std::vector<EvaluationCase> cases{{.user = 0, .history = {}, .targets = targets}};
  engine::ThreadPool pool(1);
  const test::TemporaryFolder folder;
  const RankedCases ranked = rank_cases(test::TableRecommender({{1}}, "../evil"), cases, 1, pool);
  write_trec_run(folder.file("runs"), cases, ranked, plain_keys);
  EXPECT_TRUE(std::filesystem::exists(folder.file("runs/..%2Fevil.run")));
}

TEST(Trec, LeavesNothingBehindWhenItFails) {
  const test::TemporaryFolder folder;
  const std::vector<ItemIndex> targets{0};
  const std::vector<EvaluationCase> cases{{.user = 0, .history = {}, .targets = targets}};
  const KeyNames nameless{.user = [](std::size_t) { return ""; }, .item = [](ItemIndex) { return "i"; }};
  folder.write("runs/qrels.txt", "old");
  EXPECT_THROW(write_trec_qrels(folder.file("runs"), cases, nameless), DataError);
  EXPECT_EQ(read_all(folder.file("runs/qrels.txt")), "old");
  EXPECT_EQ(std::distance(std::filesystem::directory_iterator(folder.file("runs")), {}), 1);

  folder.write("file", "");
  EXPECT_THROW(write_trec_qrels(folder.file("file"), cases, plain_keys), std::system_error);
  EXPECT_THROW(write_trec_qrels(folder.file("file/below"), cases, plain_keys), std::system_error);
  EXPECT_THROW(write_trec_run(folder.file("runs"), cases, RankedCases{}, plain_keys), ShapeError);
}

}  // namespace
}  // namespace infodiet::recsys
