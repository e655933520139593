// How far the interactions of a file went when they were read, to identify those that came in later.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "recsys/data/dataset.hpp"
#include "recsys/store/database.hpp"
#include "recsys/store/model_store.hpp"

namespace infodiet::recsys {

/// The last interactions of a file.
struct DataExtent {
  std::int64_t last_import = 0;             ///< the largest id of an import, 0 without any
  std::optional<std::int64_t> latest = {};  ///< the latest time, for interactions that were not imported
  bool operator==(const DataExtent&) const = default;
};

/// That of the file now.
DataExtent data_extent(const Database& db);

/// That of a model's data (the member "data" of its metrics), or nothing if it is not recorded. Throws DamagedError.
std::optional<DataExtent> stored_extent(const ModelRecord& model);

/// load_dataset() without the interactions that came in since; users and items are those of today.
Dataset load_dataset_up_to(const Database& db, const DataExtent& extent);

/// load_dataset(), or load_dataset_marking(), with the interactions that came in since only.
Dataset load_dataset_since(const Database& db, const DataExtent& extent,
                           const std::optional<std::string>& event = std::nullopt);

}  // namespace infodiet::recsys
