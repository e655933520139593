// The tasks, one file each; what they are for stands in texts.json. A new one needs a name here and in CMakeLists.txt.
#pragma once

#include <memory>
#include <string_view>

#include "tools/gallery/parts/task.hpp"

namespace infodiet::gallery {

using MakeTask = std::unique_ptr<Task>();
MakeTask make_dates, make_sentiment, make_summary, make_story, make_patches, make_caption, make_generate, make_roles;
MakeTask make_detect, make_track, make_speech, make_focus, make_graph, make_play, make_control;

struct Maker {
  std::string_view name;
  MakeTask* make;
};
/// In order.
inline constexpr Maker makers[] = {
    {"dates", make_dates},     {"sentiment", make_sentiment}, {"summary", make_summary},   {"story", make_story},
    {"patches", make_patches}, {"caption", make_caption},     {"generate", make_generate}, {"roles", make_roles},
    {"detect", make_detect},   {"track", make_track},         {"speech", make_speech},     {"focus", make_focus},
    {"graph", make_graph},     {"play", make_play},           {"control", make_control}};

}  // namespace infodiet::gallery
