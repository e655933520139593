// From the database to the histories in memory that models and evaluation read.
#pragma once

#include <string>

#include "recsys/data/dataset.hpp"
#include "recsys/data/liking.hpp"
#include "recsys/store/database.hpp"

namespace infodiet::recsys {

/// All users and items of the file, also those without interactions. Histories are ordered by time and, at equal times,
/// by the order of import; interactions without a time come before those with one, in the order of import.
/// `Dataset::times` is empty if any interaction lacks its time; `liking` decides which are low. Throws SqliteError,
/// DamagedError.
Dataset load_dataset(const Database& db, const Liking& liking = {});

/// The same, telling the interactions of `event` from the others (Dataset::are_of_event).
Dataset load_dataset_telling(const Database& db, const std::string& event, const Liking& liking = {});

/// The same of one user alone: its only history, over the whole catalogue. Reads nobody else's interactions. The times
/// are left empty if any of this user's lacks one.
Dataset load_user(const Database& db, std::int64_t user_id, const Liking& liking = {});

/// The whole catalogue and one user without a history, for whoever is not stored.
Dataset load_catalogue(const Database& db);

/// A digest of what came in (users, items, order, times, weights): equal exactly when a model trained on one is trained
/// on the other. Which of it counts as liked is no part of it, but of how a model is trained.
std::string data_fingerprint(const Dataset& dataset);

}  // namespace infodiet::recsys
