// Headlines of the sample world, composed from vocabularies. Not a language model: every phrase is written in the .cpp.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "engine/random.hpp"

namespace infodiet::rl {

/// Numbers of topics, and of parts of the longest story.
inline constexpr std::uint32_t sample_topics = 12;
inline constexpr std::uint32_t longest_sample_story = 6;

/// "science", "politics", ...; topic < sample_topics.
std::string_view sample_topic_name(std::uint32_t topic);

/// What a headline sounds like.
enum class Tone { sober, plain, clickbait };

/// A headline of an article that stands alone. Two draws may be equal: the caller draws again.
std::string draw_headline(std::uint32_t topic, Tone tone, engine::RandomStream& stream);

/// The name of a story: "The night ferries of Lisbon". Two draws may be equal.
std::string draw_story_name(std::uint32_t topic, engine::RandomStream& stream);

/// The headline of one part of it: "The night ferries of Lisbon, part 2: the turning point"; part < parts,
/// from 0; parts <= longest_sample_story.
std::string story_headline(std::string_view story, std::uint32_t part, std::uint32_t parts);

}  // namespace infodiet::rl
