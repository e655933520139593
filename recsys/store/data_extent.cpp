#include "recsys/store/data_extent.hpp"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "engine/io/json_text.hpp"
#include "recsys/errors.hpp"

namespace infodiet::recsys {

DataExtent data_extent(const Database& db) {
  Statement query = db.prepare("SELECT (SELECT max(id) FROM imports), (SELECT max(time) FROM interactions)");
  query.step();
  return {.last_import = query.optional_integer(0).value_or(0), .latest = query.optional_integer(1)};
}

std::optional<DataExtent> stored_extent(const ModelRecord& model) {
  using nlohmann::json;
  const json metrics = engine::parse_json<json>(model.metrics);
  const json data = metrics.is_object() ? metrics.value("data", json()) : json();
  if (!data.is_object() || !data.contains("last_import")) return std::nullopt;
  const json& last_import = data.at("last_import");
  const json latest = data.value("latest", json());
  if (!last_import.is_number_integer() || !(latest.is_null() || latest.is_number_integer())) {
    throw DamagedError(fmt::format("model '{}' (id {}): its metrics do not record how far its data went: train again",
                                   model.name, model.id));
  }
  return DataExtent{.last_import = last_import.get<std::int64_t>(),
                    .latest = latest.is_null() ? std::nullopt : std::optional(latest.get<std::int64_t>())};
}

}  // namespace infodiet::recsys
