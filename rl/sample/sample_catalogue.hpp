// The articles of the sample world and the stories they belong to. What readers do with them is in sample_reader.hpp.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <vector>

#include "engine/random.hpp"
#include "rl/sample/sample_titles.hpp"
#include "rl/sample/sample_world.hpp"

namespace infodiet::rl {

/// Parts to be read in order: indices of articles.
struct SampleStory {
  std::vector<std::uint32_t> parts;
  int quality_percent;
};

/// The story and part that an article is.
struct StoryPart {
  std::uint32_t story;
  std::uint32_t part;
};

/// Articles of a topic that need no other to be read before: those that stand alone, and first parts.
struct TopicEntries {
  std::vector<std::uint32_t> articles;
  std::vector<std::uint64_t> pull_sums;  ///< running sums of their pulls: articles are drawn in proportion to pull
};

/// All articles.
struct SampleCatalogue {
  std::vector<SampleArticle> articles;
  std::vector<std::uint32_t> main_topics;             ///< of each article
  std::vector<std::optional<StoryPart>> story_parts;  ///< of each article; null: it stands alone
  std::vector<SampleStory> stories;
  std::array<TopicEntries, sample_topics> topics;
};

/// Makes `items` articles. Their order is independent of topic and story.
SampleCatalogue make_sample_catalogue(std::uint32_t items, engine::RandomStream& stream);

}  // namespace infodiet::rl
