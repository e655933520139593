#include "recsys/store/model_repeats.hpp"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "engine/io/json_text.hpp"
#include "recsys/errors.hpp"
#include "recsys/store/model_names.hpp"

namespace infodiet::recsys {

namespace {

// Null if the configuration has no such member.
nlohmann::json configured(const ModelRecord& model, const char* name) {
  const nlohmann::json configuration = engine::parse_json<nlohmann::json>(model.configuration);
  return configuration.is_object() ? configuration.value(name, nlohmann::json()) : nlohmann::json();
}

std::optional<ModelRecord> answering(const Database& db, std::optional<std::int64_t> id) {
  return id ? require_model(db, *id) : find_model(db, attention_model, ModelState::published);
}

}  // namespace

Repeats stored_repeats(const ModelRecord& model) {
  const nlohmann::json stored = configured(model, "repeats");
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
  const std::optional<ModelRecord> record = answering(db, id);
  return record ? std::optional(stored_repeats(*record)) : std::nullopt;
}

std::optional<Liking> stored_liking(const ModelRecord& model) {
  const nlohmann::json stored = configured(model, "liked");
  if (stored.is_null()) return std::nullopt;
  std::optional<Liking> liking;
  if (stored.is_string()) liking = parse_liking(stored.get<std::string>());
  if (!liking) {
    throw DamagedError(
        fmt::format("model '{}' (id {}): its configuration's 'liked' is not middle, any or a rating: train again",
                    model.name, model.id));
  }
  return liking;
}

std::optional<Liking> published_liking(const Database& db, std::optional<std::int64_t> id) {
  const std::optional<ModelRecord> record = answering(db, id);
  return record ? stored_liking(*record) : std::nullopt;
}

}  // namespace infodiet::recsys
