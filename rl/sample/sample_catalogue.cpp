#include "rl/sample/sample_catalogue.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <numeric>
#include <unordered_set>

namespace infodiet::rl {
namespace {

// Three of every five articles of a topic are parts of stories.
constexpr std::uint32_t story_share_of_five = 3;
constexpr std::uint32_t shortest_story = 3;
constexpr std::uint32_t percent_of_two_topics = 20;

// Clickbait is concentrated in a few topics.
constexpr std::array<std::string_view, 4> loud_topics{"politics", "sport", "health", "money"};

// Attributes of articles by tone; ranges are inclusive, in hundredths and minutes.
struct ToneRanges {
  Tone tone;
  std::uint32_t percent;       // of articles that stand alone
  std::uint32_t loud_percent;  // of those of loud topics
  int quality_low, quality_high;
  int clickbait_low, clickbait_high;
  int minutes_low, minutes_high;
};
constexpr std::array<ToneRanges, 3> tones{{
    {Tone::sober, 35, 10, 20, 100, 0, 15, 3, 8},
    {Tone::plain, 55, 30, -30, 70, 10, 50, 3, 8},
    {Tone::clickbait, 10, 60, -100, 20, 60, 100, 8, 16},
}};
constexpr ToneRanges story_ranges{Tone::plain, 0, 0, -20, 90, 0, 30, 3, 7};

// Chance multiplies an article's pull: a few become hits, half do not.
constexpr std::array<std::uint32_t, 10> lucks{1, 1, 1, 1, 1, 2, 2, 2, 4, 8};

struct Draft {
  SampleArticle article;
  std::uint32_t topic;
  std::optional<StoryPart> part_of;
  std::uint64_t pull;
};

class Drafts {
 public:
  Drafts(std::uint32_t items, engine::RandomStream& stream) : stream_(stream) {
    drafts_.reserve(items);
    for (std::uint32_t topic = 0; topic < sample_topics; ++topic) {
      const std::uint32_t count = (topic + 1) * items / sample_topics - topic * items / sample_topics;
      draft_topic(topic, count);
    }
    engine::shuffle(std::span(drafts_), stream_);
  }

  std::vector<Draft>& drafts() { return drafts_; }
  const std::vector<int>& story_qualities() const { return story_qualities_; }

 private:
  void draft_topic(std::uint32_t topic, std::uint32_t count) {
    const std::uint32_t in_stories = count * story_share_of_five / 5;
    std::uint32_t drafted = 0;
    while (in_stories - drafted >= shortest_story) {
      const std::uint32_t length = shortest_story + below(longest_sample_story - shortest_story + 1);
      drafted += draft_story(topic, std::min(length, in_stories - drafted));
    }
    for (; drafted < count; ++drafted) draft_single(topic);
  }

  std::uint32_t draft_story(std::uint32_t topic, std::uint32_t parts) {
    const std::string name = unique([&] { return draw_story_name(topic, stream_); });
    const auto story = static_cast<std::uint32_t>(story_qualities_.size());
    const int quality = between(story_ranges.quality_low, story_ranges.quality_high);
    story_qualities_.push_back(quality);
    const std::vector<std::string> topics = draw_topics(topic);
    const std::uint64_t pull = draw_pull(quality, 0);
    for (std::uint32_t part = 0; part < parts; ++part) {
      const int clickbait = between(story_ranges.clickbait_low, story_ranges.clickbait_high);
      drafts_.push_back({.article = {.key = {},
                                     .title = story_headline(name, part, parts),
                                     .topics = topics,
                                     .quality = std::clamp(quality + between(-10, 10), -100, 100) / 100.0,
                                     .clickbait = clickbait / 100.0,
                                     .minutes = minutes(story_ranges)},
                         .topic = topic,
                         .part_of = StoryPart{story, part},
                         .pull = pull});
    }
    return parts;
  }

  void draft_single(std::uint32_t topic) {
    const ToneRanges& ranges = draw_tone(topic);
    const int quality = between(ranges.quality_low, ranges.quality_high);
    const int clickbait = between(ranges.clickbait_low, ranges.clickbait_high);
    drafts_.push_back({.article = {.key = {},
                                   .title = unique([&] { return draw_headline(topic, ranges.tone, stream_); }),
                                   .topics = draw_topics(topic),
                                   .quality = quality / 100.0,
                                   .clickbait = clickbait / 100.0,
                                   .minutes = minutes(ranges)},
                       .topic = topic,
                       .part_of = std::nullopt,
                       .pull = draw_pull(quality, clickbait)});
  }

  template <class Draw>
  std::string unique(Draw&& draw) {
    for (;;) {
      std::string text = draw();
      if (taken_.insert(text).second) return text;
    }
  }

  const ToneRanges& draw_tone(std::uint32_t topic) {
    const bool loud = std::find(loud_topics.begin(), loud_topics.end(), sample_topic_name(topic)) != loud_topics.end();
    std::uint32_t point = below(100);
    for (const ToneRanges& ranges : tones) {
      const std::uint32_t percent = loud ? ranges.loud_percent : ranges.percent;
      if (point < percent) return ranges;
      point -= percent;
    }
    return tones.back();
  }

  std::vector<std::string> draw_topics(std::uint32_t main) {
    std::vector<std::string> topics{std::string(sample_topic_name(main))};
    if (below(100) < percent_of_two_topics) {
      const std::uint32_t other = (main + 1 + below(sample_topics - 1)) % sample_topics;
      topics.emplace_back(sample_topic_name(other));
    }
    return topics;
  }

  // A maximal clickbait article has three times the pull of a dull one, an excellent one twice.
  std::uint64_t draw_pull(int quality, int clickbait) {
    const int base = 100 + std::max(0, quality) + 2 * clickbait;
    return static_cast<std::uint64_t>(base) * lucks[below(lucks.size())];
  }

  double minutes(const ToneRanges& ranges) { return between(ranges.minutes_low, ranges.minutes_high); }
  int between(int low, int high) { return low + static_cast<int>(below(static_cast<std::uint32_t>(high - low + 1))); }
  std::uint32_t below(std::uint64_t n) { return static_cast<std::uint32_t>(stream_.below(n)); }

  engine::RandomStream& stream_;
  std::vector<Draft> drafts_;
  std::vector<int> story_qualities_;
  std::unordered_set<std::string> taken_;
};

}  // namespace

SampleCatalogue make_sample_catalogue(std::uint32_t items, engine::RandomStream& stream) {
  Drafts made(items, stream);
  SampleCatalogue catalogue;
  for (const int quality : made.story_qualities())
    catalogue.stories.push_back({.parts = {}, .quality_percent = quality});
  for (Draft& draft : made.drafts()) {
    const auto index = static_cast<std::uint32_t>(catalogue.articles.size());
    draft.article.key = fmt::format("article-{}", index + 1);
    if (draft.part_of) {
      std::vector<std::uint32_t>& parts = catalogue.stories[draft.part_of->story].parts;
      if (parts.size() <= draft.part_of->part) parts.resize(draft.part_of->part + 1);
      parts[draft.part_of->part] = index;
    }
    if (!draft.part_of || draft.part_of->part == 0) {
      TopicEntries& entries = catalogue.topics[draft.topic];
      const std::uint64_t before = entries.pull_sums.empty() ? 0 : entries.pull_sums.back();
      entries.articles.push_back(index);
      entries.pull_sums.push_back(before + draft.pull);
    }
    catalogue.articles.push_back(std::move(draft.article));
    catalogue.main_topics.push_back(draft.topic);
    catalogue.story_parts.push_back(draft.part_of);
  }
  return catalogue;
}

}  // namespace infodiet::rl
