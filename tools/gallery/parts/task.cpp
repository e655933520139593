#include "tools/gallery/parts/task.hpp"

#include <nlohmann/json.hpp>

#include "tools/gallery/parts/sources.hpp"

namespace infodiet::gallery {

TaskText text_of(const std::string& name) {
  const nlohmann::json text = nlohmann::json::parse(asset("texts.json")).at(name);
  return {.name = name,
          .title = text.at("title"),
          .measured = text.at("measured"),
          .task = text.at("task"),
          .look = text.at("look"),
          .source = text.value("source", name + ".cpp")};
}

}  // namespace infodiet::gallery
