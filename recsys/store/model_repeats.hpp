// Whether the lists of a stored model may repeat what was taken in.
#pragma once

#include <cstdint>
#include <optional>

#include "recsys/data/repeats.hpp"
#include "recsys/store/database.hpp"
#include "recsys/store/model_store.hpp"

namespace infodiet::recsys {

/// The member "repeats" of the model's configuration; models of before it was recorded forbid them. Throws
/// DamagedError.
Repeats stored_repeats(const ModelRecord& model);

/// The same of the published attention model, or of the one with the id; nothing where none is published. Throws
/// DamagedError, and DataError if there is no model of that id.
std::optional<Repeats> published_repeats(const Database& db, std::optional<std::int64_t> id = std::nullopt);

}  // namespace infodiet::recsys
