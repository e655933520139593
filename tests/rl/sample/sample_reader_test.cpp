// How much there is to learn in the sample world: predictors that know its rules against those that see one article
// back, or none.
#include "rl/sample/sample_reader.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <vector>

namespace infodiet::rl {
namespace {

using ArticleScores = std::vector<double>;

// What a reader has read, the article that came next, and how often each article comes next by the world's own rules.
struct NextArticle {
  std::vector<std::uint32_t> history;
  std::uint32_t target;
  ArticleScores by_the_rules;
};

std::vector<NextArticle> draw_cases(const SampleCatalogue& catalogue, std::uint32_t readers) {
  constexpr int futures = 400;
  std::vector<NextArticle> cases;
  for (std::uint32_t reader = 0; reader < readers; ++reader) {
    engine::RandomStream stream(5, engine::Purpose::test, 1, reader);
    SampleReader person(catalogue, stream);
    NextArticle one{{}, 0, ArticleScores(catalogue.articles.size())};
    for (std::uint64_t remaining = 20 + stream.below(40); remaining > 0; --remaining) {
      one.history.push_back(person.choose(stream));
      person.read(one.history.back(), stream);
    }
    one.target = person.choose(stream);
    for (int future = 0; future < futures; ++future) ++one.by_the_rules[person.choose(stream)];
    cases.push_back(std::move(one));
  }
  return cases;
}

// Share of cases whose target is among the ten best unread articles; ties break by index.
template <class Score>
double hit_rate(const std::vector<NextArticle>& cases, Score&& score) {
  double hits = 0;
  for (const NextArticle& one : cases) {
    const ArticleScores scores = score(one);
    std::size_t better = 0;
    for (std::uint32_t article = 0; article < scores.size(); ++article) {
      if (std::find(one.history.begin(), one.history.end(), article) != one.history.end()) continue;
      const bool ahead = scores[article] > scores[one.target];
      better += ahead || (scores[article] == scores[one.target] && article < one.target) ? 1 : 0;
    }
    hits += better < 10 ? 1 : 0;
  }
  return hits / static_cast<double>(cases.size());
}

TEST(SampleReader, IsPredictableFromMoreThanTheLastArticleOnly) {
  engine::RandomStream stream(1, engine::Purpose::sample_world);
  const SampleCatalogue catalogue = make_sample_catalogue(600, stream);
  const std::size_t items = catalogue.articles.size();
  const std::vector<NextArticle> cases = draw_cases(catalogue, 4000);
  ArticleScores popularity(items);
  std::vector<ArticleScores> followers(items, ArticleScores(items));
  for (const NextArticle& one : cases) {
    for (std::size_t i = 0; i < one.history.size(); ++i) {
      popularity[one.history[i]] += 1e-6;
      if (i > 0) ++followers[one.history[i - 1]][one.history[i]];
    }
  }
  const double popular = hit_rate(cases, [&](const NextArticle&) { return popularity; });
  const double first_order = hit_rate(cases, [&](const NextArticle& one) {
    ArticleScores scores = followers[one.history.back()];
    for (std::size_t i = 0; i < items; ++i) scores[i] += popularity[i];
    return scores;
  });
  const double rules = hit_rate(cases, [](const NextArticle& one) { return one.by_the_rules; });
  EXPECT_GT(first_order, 2 * popular);
  EXPECT_GT(rules, 2 * first_order);
  EXPECT_GT(rules, 0.5);
}

TEST(SampleReader, TiresOfATopicAndMovesOn) {
  engine::RandomStream stream(2, engine::Purpose::sample_world);
  const SampleCatalogue catalogue = make_sample_catalogue(600, stream);
  std::size_t stays = 0;
  std::size_t short_runs = 0;
  std::size_t bored_stays = 0;
  std::size_t long_runs = 0;
  for (std::uint32_t reader = 0; reader < 500; ++reader) {
    engine::RandomStream own(2, engine::Purpose::test, 2, reader);
    SampleReader person(catalogue, own);
    std::size_t run = 0;
    std::uint32_t topic = sample_topics;
    for (int i = 0; i < 40; ++i) {
      const std::uint32_t article = person.choose(own);
      const bool same = catalogue.main_topics[article] == topic;
      if (run == 1) {
        ++short_runs;
        stays += same ? 1 : 0;
      } else if (run == 4) {
        ++long_runs;
        bored_stays += same ? 1 : 0;
      }
      run = same ? run + 1 : 1;
      topic = catalogue.main_topics[article];
      person.read(article, own);
    }
  }
  const double fresh = static_cast<double>(stays) / static_cast<double>(short_runs);
  const double bored = static_cast<double>(bored_stays) / static_cast<double>(long_runs);
  EXPECT_GT(fresh, 1.5 * bored) << fresh << " of runs of one article go on, " << bored << " of runs of four";
}

}  // namespace
}  // namespace infodiet::rl
