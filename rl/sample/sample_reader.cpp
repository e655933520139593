#include "rl/sample/sample_reader.hpp"

#include <algorithm>
#include <numeric>
#include <span>

namespace infodiet::rl {
namespace {

constexpr std::uint32_t favourites = 2;
constexpr std::uint32_t liked_topics = 3;
constexpr std::uint32_t favourite_taste = 24;
constexpr std::uint32_t liked_taste = 8;
constexpr std::uint32_t other_taste = 1;

// Boredom: a topic's weight by how many of the last five articles had it.
constexpr std::size_t boredom_window = 5;
constexpr std::array<std::uint32_t, boredom_window + 1> boredom_weights{6, 6, 6, 1, 0, 0};
// The weight of the last article's topic is multiplied by this.
constexpr std::uint32_t stay_factor = 8;

// Probability that the longest waiting story continues, by the number of articles read since its last part.
constexpr std::array<std::uint32_t, 5> continue_percent{5, 45, 75, 90, 95};
constexpr std::size_t most_open_stories = 2;
constexpr int drop_percent = 10;          // for quality 0
constexpr int quality_a_drop_point = 10;  // hundredths of quality that make a drop one point likelier or less likely

bool happens(std::uint32_t percent, engine::RandomStream& stream) {
  return stream.below(100) < percent;
}

}  // namespace

SampleReader::SampleReader(const SampleCatalogue& catalogue, engine::RandomStream& stream) : catalogue_(&catalogue) {
  std::array<std::uint32_t, sample_topics> order{};
  std::iota(order.begin(), order.end(), 0U);
  engine::shuffle(std::span<std::uint32_t>(order), stream);
  tastes_.fill(other_taste);
  for (std::uint32_t i = 0; i < favourites + liked_topics; ++i) {
    tastes_[order[i]] = i < favourites ? favourite_taste : liked_taste;
  }
}

std::uint32_t SampleReader::choose(engine::RandomStream& stream) const {
  if (!open_stories_.empty()) {
    const OpenStory& waiting = open_stories_.front();
    const std::size_t waited = std::min<std::size_t>(waiting.waited, continue_percent.size() - 1);
    if (happens(continue_percent[waited], stream)) return catalogue_->stories[waiting.story].parts[waiting.next_part];
  }
  for (;;) {
    const TopicEntries& entries = catalogue_->topics[draw_topic(stream)];
    const std::uint64_t point = stream.below(entries.pull_sums.back());
    const auto drawn = std::upper_bound(entries.pull_sums.begin(), entries.pull_sums.end(), point);
    const std::uint32_t article = entries.articles[static_cast<std::size_t>(drawn - entries.pull_sums.begin())];
    if (may_enter(article)) return article;
  }
}

void SampleReader::read(std::uint32_t article, engine::RandomStream& stream) {
  read_.push_back(article);
  for (OpenStory& open : open_stories_) ++open.waited;
  const auto& part_of = catalogue_->story_parts[article];
  if (!part_of) return;
  std::erase_if(open_stories_, [&](const OpenStory& open) { return open.story == part_of->story; });
  const SampleStory& story = catalogue_->stories[part_of->story];
  const int dropped = drop_percent - story.quality_percent / quality_a_drop_point;
  const bool goes_on = !happens(static_cast<std::uint32_t>(dropped), stream);
  if (goes_on && part_of->part + 1 < story.parts.size()) {
    open_stories_.push_back({.story = part_of->story, .next_part = part_of->part + 1, .waited = 0});
  }
}

std::uint32_t SampleReader::draw_topic(engine::RandomStream& stream) const {
  std::array<std::size_t, sample_topics> recent{};
  const std::size_t window = std::min(read_.size(), boredom_window);
  for (const std::uint32_t article : std::span(read_).last(window)) ++recent[catalogue_->main_topics[article]];
  std::array<std::uint32_t, sample_topics> weights{};
  for (std::uint32_t topic = 0; topic < sample_topics; ++topic) {
    const bool stays = !read_.empty() && catalogue_->main_topics[read_.back()] == topic;
    weights[topic] = tastes_[topic] * boredom_weights[recent[topic]] * (stays ? stay_factor : 1);
  }
  std::uint64_t point = stream.below(std::accumulate(weights.begin(), weights.end(), std::uint64_t{0}));
  std::uint32_t topic = 0;
  while (point >= weights[topic]) point -= weights[topic++];
  return topic;
}

bool SampleReader::may_enter(std::uint32_t article) const {
  if (catalogue_->story_parts[article] && open_stories_.size() >= most_open_stories) return false;
  return std::find(read_.begin(), read_.end(), article) == read_.end();
}

}  // namespace infodiet::rl
