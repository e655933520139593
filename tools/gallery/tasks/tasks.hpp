// The tasks, one file each, which defines a class of its own and otherwise only constants and static functions; what
// they are for stands in texts.json. A new one needs a name here, in gallery.cpp and in CMakeLists.txt.
#pragma once

#include <memory>

#include "tools/gallery/parts/task.hpp"

namespace infodiet::gallery {

using MakeTask = std::unique_ptr<Task> (*)();
extern const MakeTask make_dates, make_sentiment, make_summary, make_story, make_patches, make_caption, make_generate,
    make_roles, make_detect, make_track, make_speech, make_focus, make_graph, make_play, make_control;

template <class T>
std::unique_ptr<Task> make() {
  return std::make_unique<T>();
}

}  // namespace infodiet::gallery
