// The rules for lists of a stored model: whether they may repeat consumed items, and which ratings count as liked.
#pragma once

#include <cstdint>
#include <optional>

#include "recsys/data/liking.hpp"
#include "recsys/data/repeats.hpp"
#include "recsys/store/database.hpp"
#include "recsys/store/model_store.hpp"

namespace infodiet::recsys {

/// The member "repeats" of the model's configuration; models without it forbid repeats. Throws
/// DamagedError.
Repeats stored_repeats(const ModelRecord& model);

/// The same of the published attention model, or of the one with the id; nothing if none is published. Throws
/// DamagedError, and DataError if there is no model of that id.
std::optional<Repeats> published_repeats(const Database& db, std::optional<std::int64_t> id = std::nullopt);

/// The member "liked" of the model's configuration, if it has one. Throws DamagedError.
std::optional<Liking> stored_liking(const ModelRecord& model);

/// The same of the published attention model, or of the one with the id; nothing if none is published. Throws as
/// published_repeats does.
std::optional<Liking> published_liking(const Database& db, std::optional<std::int64_t> id = std::nullopt);

}  // namespace infodiet::recsys
