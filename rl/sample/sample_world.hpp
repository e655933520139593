// The sample world: readers, articles and what was read when, generated from a seed, in memory. Deliberately not a
// model of real people: a small world whose rules are all stated here, so that one can see which of them a recommender
// finds.
//
// Assumptions (constants below; probabilities are ratios of whole numbers, so that every machine draws the same)
//   Articles   belong to one of twelve topics, about one in five to a second one as well. Three fifths are parts of
//              stories of three to six parts; the others stand alone. Quality and clickbait are opposed: clickbait is
//              on average worse, takes twice as long, and gathers in four topics. Clickbait, quality and chance make
//              an article's pull (its weight when an article of its topic is drawn).
//   Tastes     A reader has two favourite topics, three liked ones and seven that they rarely touch.
//   Boredom    The last five articles count: the more of them share a topic, the less it attracts; a reader stays with
//              a topic for a while, tires of it and moves on, and the topic recovers as others are read.
//   Stories    A reader who opens a story wants its next part, but not at once: usually one to three other articles
//              come between, and two stories may be under way together, so that what comes next depends on what was
//              read two to four articles ago more than on the last one. Now and then a story is dropped, the sooner
//              the worse it is. Later parts are never read otherwise.
//   Attention  A reader has minutes a day to spend, in one or two sessions, and skips some days.
//   Nobody reads an article twice.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace infodiet::rl {

/// Size and seed.
struct SampleWorldOptions {
  std::uint32_t users = 1000;  ///< 1 .. 1,000,000
  std::uint32_t items = 600;   ///< 60 .. 50,000
  std::uint64_t seed = 1;
};

/// Limits of SampleWorldOptions.
inline constexpr std::uint32_t smallest_sample_catalogue = 60;
inline constexpr std::uint32_t largest_sample_catalogue = 50'000;
inline constexpr std::uint32_t largest_sample_population = 1'000'000;

/// An article.
struct SampleArticle {
  std::string key;                  ///< "article-17"
  std::string title;                ///< unique
  std::vector<std::string> topics;  ///< one or two, the main one first
  double quality;                   ///< [-1, 1], in hundredths
  double clickbait;                 ///< [0, 1], in hundredths
  double minutes;                   ///< whole minutes of reading
};

/// One article read by one reader.
struct SampleReading {
  std::uint32_t reader;   ///< index into readers
  std::uint32_t article;  ///< index into articles
  std::int64_t time;      ///< Unix seconds; strictly increasing for one reader
};

/// The whole world.
struct SampleWorld {
  std::vector<std::string> readers;  ///< keys: "reader-1", ...
  std::vector<SampleArticle> articles;
  std::vector<SampleReading> readings;  ///< reader by reader, each in order of time; 20 to 60 per reader, 40 on average
};

/// Generates the world: the same options give the same bits on every machine. Throws DataError if a size is out of
/// range.
SampleWorld make_sample_world(const SampleWorldOptions& options);

}  // namespace infodiet::rl
