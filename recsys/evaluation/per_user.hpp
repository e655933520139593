// Results user by user, for other statistics. Writes only.
#pragma once

#include <filesystem>
#include <span>
#include <vector>

#include "recsys/csv_file.hpp"
#include "recsys/evaluation/keys.hpp"
#include "recsys/evaluation/metrics.hpp"
#include "recsys/evaluation/ranks.hpp"

namespace infodiet::recsys {

/// A column: a metric at k.
struct MetricAtK {
  Metric metric;
  std::size_t k;
};

/// What to write for each user.
struct PerUserColumns {
  std::span<const MetricAtK> metrics;
  CellText text = CellText::inert;
};

/// Writes a CSV file (RFC 4180) with a header and a row for every model, user and distinct target:
/// model, user, target, rank (from 1, over the whole catalogue), history (how many items came before), targets (how
/// many the user has), then each of `metrics` of that user, the same on all of the user's rows. `models`: each model's
/// rankings of these same cases. The file appears complete or not at all. Throws std::system_error naming the file if
/// it cannot be written, ShapeError if a model's rankings are of other cases.
void write_per_user(const std::filesystem::path& path, std::span<const EvaluationCase> cases,
                    std::span<const RankedCases> models, const PerUserColumns& columns, const KeyNames& keys);

}  // namespace infodiet::recsys
