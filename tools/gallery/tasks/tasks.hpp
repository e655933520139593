// The tasks, one file each. A new one needs a line in each half of this file.
#pragma once

#include <memory>
#include <string_view>

#include "tools/gallery/parts/task.hpp"

namespace infodiet::gallery {

/// "the fifth of march 1998" to "1998-03-05" with an encoder and a decoder that attends to it.
std::unique_ptr<Task> make_dates();
/// Whether a sentence with two opinions is favourable on the whole, by attention pooling.
std::unique_ptr<Task> make_sentiment();
/// Which sentence of a short document sums up the others, from sentences that attend to each other.
std::unique_ptr<Task> make_summary();
/// Where somebody is, by pointing into a story of who went where.
std::unique_ptr<Task> make_story();
/// Which glyph of an image is to the right of a black square, from patches that attend to each other.
std::unique_ptr<Task> make_patches();
/// What an image shows from left to right, by a decoder that attends to patches.
std::unique_ptr<Task> make_caption();
/// Nested expressions finished by a model of characters.
std::unique_ptr<Task> make_generate();
/// Things in an image, by queries that are matched to them.
std::unique_ptr<Task> make_detect();
/// One of several equal dots, followed by a decoder that attends to frames.
std::unique_ptr<Task> make_track();
/// Four spoken digits, by a decoder that attends to what an encoder heard.
std::unique_ptr<Task> make_speech();
/// Who did what to whom, by pointing into a sentence.
std::unique_ptr<Task> make_roles();
/// A missing link of a small knowledge graph, from facts that attend to facts.
std::unique_ptr<Task> make_graph();

struct Maker {
  std::string_view name;
  std::unique_ptr<Task> (*make)();
};
/// In order.
inline constexpr Maker makers[] = {
    {"dates", make_dates},     {"sentiment", make_sentiment}, {"summary", make_summary},   {"story", make_story},
    {"patches", make_patches}, {"caption", make_caption},     {"generate", make_generate}, {"roles", make_roles},
    {"detect", make_detect},   {"track", make_track},         {"speech", make_speech},     {"graph", make_graph}};

}  // namespace infodiet::gallery
