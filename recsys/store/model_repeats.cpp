#include "recsys/store/model_repeats.hpp"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "recsys/errors.hpp"
#include "recsys/store/model_names.hpp"

namespace infodiet::recsys {

Repeats stored_repeats(const ModelRecord& model) {
  using nlohmann::json;
  const json configuration = json::parse(model.configuration, nullptr, false);
  const json stored = configuration.is_object() ? configuration.value("repeats", json()) : json();
  if (stored.is_null()) return Repeats::forbid;
  const std::optional<Repeats> repeats =
      stored.is_string() ? parse_repeats(stored.get<std::string>()) : std::optional<Repeats>();
  if (!repeats) {
    throw DamagedError(fmt::format(
        "model '{}' (id {}): its configuration's 'repeats' is not forbid or allow: train again", model.name, model.id));
  }
  return *repeats;
}

std::optional<Repeats> published_repeats(const Database& db, std::optional<std::int64_t> id) {
  const std::optional<ModelRecord> record =
      id ? require_model(db, *id) : find_model(db, attention_model, ModelState::published);
  return record ? std::optional(stored_repeats(*record)) : std::nullopt;
}

}  // namespace infodiet::recsys
