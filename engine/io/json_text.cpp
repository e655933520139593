#include "engine/io/json_text.hpp"

#include <nlohmann/json.hpp>

namespace infodiet::engine {

template <class Json>
Json parse_json(std::string_view text) {
  return Json::parse(text, nullptr, /*allow_exceptions=*/false);
}

template <class Json>
Json require_json(std::string_view text) {
  return Json::parse(text);
}

template <class Json>
std::string json_text(const Json& value, int indent) {
  return value.dump(indent, ' ', false, Json::error_handler_t::replace);
}

template nlohmann::json parse_json(std::string_view);
template nlohmann::ordered_json parse_json(std::string_view);
template nlohmann::json require_json(std::string_view);
template nlohmann::ordered_json require_json(std::string_view);
template std::string json_text(const nlohmann::json&, int);
template std::string json_text(const nlohmann::ordered_json&, int);

}  // namespace infodiet::engine
