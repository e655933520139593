// From the database to the histories in memory that models and evaluation read.
#pragma once

#include <string>

#include "recsys/data/dataset.hpp"
#include "recsys/store/database.hpp"

namespace infodiet::recsys {

/// All users and items of the file, also those without interactions. Histories are ordered by time and, at equal times,
/// by the order of import; interactions without a time come before those with one, in the order of import.
/// `Dataset::times` is empty if any interaction lacks its time. Throws SqliteError, DamagedError.
Dataset load_dataset(const Database& db);

/// The same of one user alone: its only history, over the whole catalogue. Reads nobody else's interactions. The times
/// are left empty if any of this user's lacks one.
Dataset load_user(const Database& db, std::int64_t user_id);

/// The whole catalogue and one user without a history, for whoever is not stored.
Dataset load_catalogue(const Database& db);

/// A digest of everything models see of the interactions (users, items, order, times): equal exactly when a model
/// trained on one is trained on the other.
std::string data_fingerprint(const Dataset& dataset);

}  // namespace infodiet::recsys
