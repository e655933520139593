// Loads the histories that models and evaluation read.
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

/// The same, with the interactions of `event` marked (Dataset::are_of_event).
Dataset load_dataset_marking(const Database& db, const std::string& event, const Liking& liking = {});

/// The same with a single user, over the whole catalogue. Reads only their interactions. Times are empty if any of
/// these lacks one.
Dataset load_user(const Database& db, std::int64_t user_id, const Liking& liking = {});

/// The whole catalogue and one user without a history, for people who are not stored.
Dataset load_catalogue(const Database& db);

/// A digest of users, items, order, times and weights: equal if the training data is equal. Excludes Liking, which is
/// part of the training settings.
std::string data_fingerprint(const Dataset& dataset);

}  // namespace infodiet::recsys
