#include "rl/sample/sample_world.hpp"

#include <gtest/gtest.h>

#include <map>
#include <set>

#include "recsys/errors.hpp"
#include "rl/sample/sample_titles.hpp"

namespace infodiet::rl {
namespace {

// FNV-1a over everything in the world that is not text already checked elsewhere.
std::uint64_t fingerprint(const SampleWorld& world) {
  std::uint64_t hash = 0xcbf29ce484222325ULL;
  const auto add = [&](std::string_view text) {
    for (const char c : text) hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001b3ULL;
  };
  for (const SampleArticle& article : world.articles) {
    add(article.key);
    add(article.title);
    for (const std::string& topic : article.topics) add(topic);
    add(std::to_string(article.quality) + std::to_string(article.clickbait) + std::to_string(article.minutes));
  }
  for (const SampleReading& reading : world.readings) {
    add(world.readers[reading.reader] + world.articles[reading.article].key + std::to_string(reading.time));
  }
  return hash;
}

TEST(SampleWorld, IsAFunctionOfItsOptions) {
  const SampleWorldOptions options{.users = 50, .items = 120, .seed = 3};
  EXPECT_EQ(fingerprint(make_sample_world(options)), fingerprint(make_sample_world(options)));
  EXPECT_NE(fingerprint(make_sample_world(options)),
            fingerprint(make_sample_world({.users = 50, .items = 120, .seed = 4})));
}

// The default world as first made; no machine, compiler or standard library may change it.
TEST(SampleWorld, IsTheSameEverywhere) {
  EXPECT_EQ(fingerprint(make_sample_world({})), 11399038301840671749ULL);
}

TEST(SampleWorld, ReadersDoNotDependOnHowManyThereAre) {
  const SampleWorld few = make_sample_world({.users = 3, .items = 120});
  const SampleWorld many = make_sample_world({.users = 30, .items = 120});
  for (std::size_t i = 0; i < few.readings.size(); ++i) {
    EXPECT_EQ(few.readings[i].article, many.readings[i].article);
    EXPECT_EQ(few.readings[i].time, many.readings[i].time);
  }
}

TEST(SampleWorld, HasArticlesInTheirRanges) {
  const SampleWorld world = make_sample_world({});
  ASSERT_EQ(world.articles.size(), 600U);
  std::set<std::string> keys;
  std::set<std::string> titles;
  std::set<std::string> topics;
  for (const SampleArticle& article : world.articles) {
    SCOPED_TRACE(article.title);
    keys.insert(article.key);
    titles.insert(article.title);
    topics.insert(article.topics.begin(), article.topics.end());
    EXPECT_TRUE(article.topics.size() == 1 || (article.topics.size() == 2 && article.topics[0] != article.topics[1]));
    EXPECT_GE(article.quality, -1);
    EXPECT_LE(article.quality, 1);
    EXPECT_GE(article.clickbait, 0);
    EXPECT_LE(article.clickbait, 1);
    EXPECT_GE(article.minutes, 3);
    EXPECT_LE(article.minutes, 16);
    EXPECT_GT(article.title.size(), 10U);
    EXPECT_LT(article.title.size(), 100U);
    EXPECT_EQ(article.title.find_first_of("{}"), std::string::npos);
    EXPECT_FALSE(article.title.front() >= 'a' && article.title.front() <= 'z');
  }
  EXPECT_EQ(keys.size(), world.articles.size());
  EXPECT_EQ(titles.size(), world.articles.size());
  EXPECT_EQ(topics.size(), sample_topics);
}

// Why minutes alone mislead: clickbait lasts longest, is worst, and concentrates in few topics.
TEST(SampleWorld, HoldsTheDilemma) {
  const SampleWorld world = make_sample_world({});
  std::map<std::string, int> loud;
  int all = 0;
  for (const SampleArticle& article : world.articles) {
    const bool shouts = article.clickbait >= 0.6;
    EXPECT_TRUE(shouts ? article.minutes >= 8 : article.minutes <= 8) << article.title;
    if (!shouts) continue;
    EXPECT_LE(article.quality, 0.2);
    ++loud[article.topics.front()];
    ++all;
  }
  EXPECT_GT(loud["politics"] + loud["sport"] + loud["health"] + loud["money"], all / 2);
  EXPECT_EQ(loud.size(), sample_topics) << "there is some everywhere";
}

TEST(SampleWorld, HasReadersWhoNeverReadTwiceNorBackInTime) {
  const SampleWorld world = make_sample_world({});
  ASSERT_EQ(world.readers.size(), 1000U);
  std::map<std::uint32_t, std::set<std::uint32_t>> read;
  std::map<std::uint32_t, std::int64_t> latest;
  for (const SampleReading& reading : world.readings) {
    EXPECT_TRUE(read[reading.reader].insert(reading.article).second);
    EXPECT_GT(reading.time, latest[reading.reader]);
    latest[reading.reader] = reading.time;
  }
  ASSERT_EQ(read.size(), world.readers.size());
  for (const auto& [reader, articles] : read) {
    EXPECT_GE(articles.size(), 20U);
    EXPECT_LE(articles.size(), 60U);
  }
  EXPECT_NEAR(static_cast<double>(world.readings.size()) / 1000, 40, 2);
}

TEST(SampleWorld, ReadsStoriesInOrder) {
  const SampleWorld world = make_sample_world({.users = 200});
  std::map<std::pair<std::uint32_t, std::string>, int> last_part;
  for (const SampleReading& reading : world.readings) {
    const std::string& title = world.articles[reading.article].title;
    const std::size_t at = title.find(", part ");
    if (at == std::string::npos) continue;
    int& part = last_part[{reading.reader, title.substr(0, at)}];
    EXPECT_EQ(std::stoi(title.substr(at + 7)), part + 1) << title;
    ++part;
  }
  EXPECT_GT(last_part.size(), 500U);
}

TEST(SampleWorld, WorksAtItsSmallest) {
  const SampleWorld world = make_sample_world({.users = 1, .items = smallest_sample_catalogue});
  EXPECT_EQ(world.articles.size(), smallest_sample_catalogue);
  EXPECT_EQ(world.readings.size(), smallest_sample_catalogue / 4);
}

TEST(SampleWorld, RefusesSizesItCannotMake) {
  EXPECT_THROW(make_sample_world({.users = 0}), recsys::DataError);
  EXPECT_THROW(make_sample_world({.users = largest_sample_population + 1}), recsys::DataError);
  EXPECT_THROW(make_sample_world({.items = smallest_sample_catalogue - 1}), recsys::DataError);
  EXPECT_THROW(make_sample_world({.items = largest_sample_catalogue + 1}), recsys::DataError);
}

}  // namespace
}  // namespace infodiet::rl
