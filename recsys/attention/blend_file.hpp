// The parts of a blend in the database: what a model's record says of them, and their tensors.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "recsys/attention/blend.hpp"
#include "recsys/baselines/ease.hpp"
#include "recsys/baselines/recent_popularity.hpp"
#include "recsys/store/model_store.hpp"

namespace infodiet::recsys {

/// The items that were trained on; only they have rows in the file.
struct KeptRows {
  std::vector<std::int64_t> ids;         ///< of the items, ascending
  std::vector<std::size_t> items;        ///< (rows) dense number of the item
  std::vector<std::size_t> row_of_item;  ///< (V) where it has one

  explicit KeptRows(const Dataset& training);
};

/// What a model's record says of its blend.
struct BlendRecord {
  struct Part {
    std::string name;
    double temperature = 0;
    EaseOptions ease = {};  ///< of a part of that name
  };
  double temperature = 1;
  std::vector<Part> parts{};
  std::vector<double> lengths{};
  std::vector<std::vector<double>> weights{};
};

/// The blend as the metrics of a record hold it: the text of a JSON object, or null without parts.
std::string blend_json(const Blend& blend);
/// The mean weight of the part of that name over the lengths; 0 without it.
double mean_weight(const Blend& blend, std::string_view name);

/// From the metrics of a record, also of models from before there were parts beside neighbours. Throws DamagedError.
BlendRecord read_blend_record(const ModelRecord& model);

/// The blend of a record with models that are there; weights of those that are not go to the others.
Blend blend_of(const BlendRecord& record, std::span<const std::shared_ptr<const Recommender>> models);

/// The tensors of the parts of a blend, by rows of the file.
class BlendTensors {
 public:
  BlendTensors(const Blend& blend, const KeptRows& kept);
  /// Refers to memory of this object.
  void add_to(std::vector<TensorToStore>& tensors) const;

 private:
  struct Rows {
    std::string prefix;
    std::vector<float> background;
    std::vector<std::int64_t> offsets{0};
    std::vector<std::int64_t> rows;
    std::vector<float> values;
  };
  void add_rows(std::string prefix, std::span<const float> background, const SparseRows& matrix, const KeptRows& kept);
  void add_recent(const RecentPopularity::Counted& counted, const KeptRows& kept);

  std::vector<Rows> all_rows_;
  std::vector<float> recent_background_;
  std::vector<std::int64_t> recent_times_;
  std::vector<std::int64_t> recent_rows_;
};

/// The parts that the record names. `item_of_row` gives the item of a catalogue of `catalogue` items that each row of
/// the file is of, and `catalogue` or more for rows of items that are gone. Throws DamagedError.
std::vector<std::shared_ptr<const Recommender>> read_parts(const ModelReader& reader, const BlendRecord& record,
                                                           std::span<const std::size_t> item_of_row,
                                                           std::size_t catalogue);

}  // namespace infodiet::recsys
