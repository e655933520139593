#include "recsys/attention/blend_file.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <nlohmann/json.hpp>
#include <numeric>
#include <utility>

#include "engine/io/json_text.hpp"
#include "recsys/baselines/item_knn.hpp"
#include "recsys/baselines/markov.hpp"
#include "recsys/errors.hpp"

namespace infodiet::recsys {

namespace {

using Json = nlohmann::ordered_json;

constexpr std::array<std::string_view, 4> part_names = {"item_knn", "ease", "markov", "recent_popularity"};
// Recent popularity fades within ten thousand interactions; older ones matter only to questions about the past.
constexpr std::size_t longest_timeline = 1'000'000;

[[noreturn]] void throw_damaged(const ModelRecord& model, const std::string& what) {
  throw DamagedError(fmt::format("model '{}': {}: train again", model.name, what));
}

void require_sound(const ModelRecord& model, const BlendRecord& blend) {
  bool sound = std::isfinite(blend.temperature) && blend.temperature > 0 && !blend.parts.empty() &&
               !blend.lengths.empty() && blend.lengths.size() == blend.weights.size();
  for (const BlendRecord::Part& part : blend.parts) {
    sound = sound && std::find(part_names.begin(), part_names.end(), part.name) != part_names.end() &&
            std::isfinite(part.temperature) && part.temperature >= 0 && part.ease.l2 > 0 && part.ease.half_life >= 0;
  }
  for (std::size_t i = 0; sound && i < blend.lengths.size(); ++i) {
    sound = blend.lengths[i] >= 0 && (i == 0 || blend.lengths[i] > blend.lengths[i - 1]) &&
            blend.weights[i].size() == blend.parts.size() + 1 && is_distribution(blend.weights[i]);
  }
  if (!sound) throw_damaged(model, "what its metrics say of its blend does not make sense");
}

// Of models from before there were other parts than neighbours.
BlendRecord neighbours_alone(const ModelRecord& model, const Json& metrics) {
  const auto weight = metrics.find("neighbour_weight");
  if (weight == metrics.end() || !weight->is_number() || !(*weight >= 0.0 && *weight < 1.0)) {
    throw_damaged(model, "its metrics have no sensible 'neighbour_weight' (expected at least 0 and under 1)");
  }
  if (*weight == 0.0) return {};
  const double share = *weight;
  return {.parts = {{.name = "item_knn"}}, .lengths = {0}, .weights = {{1 - share, share}}};
}

BlendRecord from_json(const Json& json) {
  BlendRecord blend;
  if (json.contains("temperature")) blend.temperature = json.at("temperature").get<double>();
  for (const Json& part : json.at("parts")) {
    BlendRecord::Part& added = blend.parts.emplace_back();
    added.name = part.at("name").get<std::string>();
    added.temperature = part.at("temperature").get<double>();
    if (added.name != "ease") continue;
    added.ease.l2 = part.at("l2").get<double>();
    added.ease.half_life = part.at("half_life").get<double>();
  }
  blend.lengths = json.at("lengths").get<std::vector<double>>();
  blend.weights = json.at("weights").get<std::vector<std::vector<double>>>();
  return blend;
}

// A part as the file has it: a matrix over rows of the file, and what is added to every score.
struct Read {
  std::vector<float> background;
  SparseRows matrix;
};

// Turns rows of the file into items of the catalogue.
class RowsOfFile {
 public:
  RowsOfFile(const ModelReader& reader, std::span<const std::size_t> item_of_row, std::size_t catalogue)
      : reader_(reader), item_of_row_(item_of_row), row_of_item_(catalogue, item_of_row.size()) {
    for (std::size_t row = 0; row < item_of_row.size(); ++row) {
      if (item_of_row[row] < catalogue) row_of_item_[item_of_row[row]] = row;
    }
  }

  Read read(const std::string& prefix) const {
    const auto offsets = reader_.read<std::int64_t>(prefix + ".offsets");
    const auto rows = reader_.read<std::int64_t>(prefix + ".rows");
    const auto values = reader_.read<float>(prefix + ".similarities");
    const bool sound = offsets.size() == item_of_row_.size() + 1 && offsets.front() == 0 &&
                       offsets.back() == static_cast<std::int64_t>(rows.size()) &&
                       std::is_sorted(offsets.begin(), offsets.end()) && values.size() == rows.size() && are_rows(rows);
    if (!sound) misfit(prefix);
    Read part{.background = background(prefix), .matrix = {}};
    part.matrix.entries.reserve(rows.size());
    for (const std::size_t row : row_of_item_) {
      if (row < item_of_row_.size()) {
        for (auto e = static_cast<std::size_t>(offsets[row]); e < static_cast<std::size_t>(offsets[row + 1]); ++e) {
          const std::size_t other = item_of_row_[static_cast<std::size_t>(rows[e])];
          if (other < catalogue()) part.matrix.entries.push_back({static_cast<ItemIndex>(other), values[e]});
        }
      }
      part.matrix.offsets.push_back(part.matrix.entries.size());
    }
    return part;
  }

  RecentPopularity::Counted read_recent() const {
    RecentPopularity::Counted counted{.background = background("recent")};
    const auto times = reader_.read<std::int64_t>("recent.times");
    const auto rows = reader_.read<std::int64_t>("recent.rows");
    if (times.size() != rows.size() || !std::is_sorted(times.begin(), times.end()) || !are_rows(rows)) misfit("recent");
    for (std::size_t i = 0; i < rows.size(); ++i) {
      const std::size_t item = item_of_row_[static_cast<std::size_t>(rows[i])];
      if (item >= catalogue()) continue;
      counted.times.push_back(times[i]);
      counted.items.push_back(static_cast<ItemIndex>(item));
    }
    return counted;
  }

 private:
  std::size_t catalogue() const { return row_of_item_.size(); }
  bool are_rows(std::span<const std::int64_t> rows) const {
    return std::all_of(rows.begin(), rows.end(), [&](std::int64_t row) {
      return row >= 0 && row < static_cast<std::int64_t>(item_of_row_.size());
    });
  }
  std::vector<float> background(const std::string& prefix) const {
    const auto stored = reader_.read<float>(prefix + ".background");
    if (stored.size() != item_of_row_.size()) misfit(prefix);
    std::vector<float> all(catalogue(), 0.0F);
    for (std::size_t item = 0; item < all.size(); ++item) {
      if (row_of_item_[item] < stored.size()) all[item] = stored[row_of_item_[item]];
    }
    return all;
  }
  [[noreturn]] void misfit(const std::string& prefix) const {
    throw_damaged(reader_.record(), fmt::format("its part '{}' does not fit its items", prefix));
  }

  const ModelReader& reader_;
  std::span<const std::size_t> item_of_row_;
  std::vector<std::size_t> row_of_item_;
};

}  // namespace

KeptRows::KeptRows(const Dataset& training) : row_of_item(training.catalogue_size(), 0) {
  std::vector<bool> trained(training.catalogue_size(), false);
  for (const ItemIndex item : training.items) trained[item] = true;
  for (std::size_t item = 0; item < trained.size(); ++item) {
    if (!trained[item]) continue;
    row_of_item[item] = ids.size();
    ids.push_back(training.item_ids[item]);
    items.push_back(item);
  }
}

std::string blend_json(const Blend& blend) {
  if (blend.parts.empty()) return "null";
  Json parts = Json::array();
  for (const BlendPart& part : blend.parts) {
    Json json = {{"name", part.model->name()}, {"temperature", part.temperature}};
    if (const auto* ease = dynamic_cast<const Ease*>(part.model.get())) {
      json["l2"] = ease->options().l2;
      json["half_life"] = ease->options().half_life;
    }
    parts.push_back(std::move(json));
  }
  return engine::json_text(Json{{"temperature", blend.temperature},
                                {"parts", std::move(parts)},
                                {"lengths", blend.lengths},
                                {"weights", blend.weights}});
}

double mean_weight(const Blend& blend, std::string_view name) {
  double sum = 0;
  for (std::size_t p = 0; p < blend.parts.size(); ++p) {
    if (blend.parts[p].model->name() != name) continue;
    for (const std::vector<double>& weights : blend.weights) sum += weights[p + 1];
  }
  return blend.weights.empty() ? 0 : sum / static_cast<double>(blend.weights.size());
}

BlendRecord read_blend_record(const ModelRecord& model) {
  const Json metrics = engine::parse_json<Json>(model.metrics);
  if (!metrics.is_object()) throw_damaged(model, "its stored metrics are not a JSON object");
  const auto blend = metrics.find("blend");
  if (blend == metrics.end() || blend->is_null()) return neighbours_alone(model, metrics);
  try {
    BlendRecord record = from_json(*blend);
    require_sound(model, record);
    return record;
  } catch (const nlohmann::json::exception& error) {
    throw_damaged(model, fmt::format("what its metrics say of its blend does not make sense ({})", error.what()));
  }
}

Blend blend_of(const BlendRecord& record, std::span<const std::shared_ptr<const Recommender>> models) {
  Blend blend{.temperature = record.temperature, .lengths = record.lengths, .weights = {}};
  std::vector<std::size_t> columns{0};
  for (std::size_t p = 0; p < record.parts.size(); ++p) {
    const auto model = std::find_if(models.begin(), models.end(),
                                    [&](const auto& one) { return one->name() == record.parts[p].name; });
    if (model == models.end()) continue;
    blend.parts.push_back({.model = *model, .temperature = record.parts[p].temperature});
    columns.push_back(p + 1);
  }
  if (blend.parts.empty()) return {};
  for (const std::vector<double>& weights : record.weights) {
    std::vector<double>& row = blend.weights.emplace_back();
    for (const std::size_t column : columns) row.push_back(weights[column]);
    if (columns.size() == weights.size()) continue;
    const double sum = std::accumulate(row.begin(), row.end(), 0.0);
    for (double& weight : row) weight = sum > 0 ? weight / sum : 1 / static_cast<double>(row.size());
  }
  return blend;
}

BlendTensors::BlendTensors(const Blend& blend, const KeptRows& kept) {
  for (const BlendPart& part : blend.parts) {
    const Recommender* const model = part.model.get();
    if (const auto* knn = dynamic_cast<const ItemKnn*>(model)) {
      add_rows("neighbours", knn->counted().background, knn->counted().similar, kept);
    } else if (const auto* ease = dynamic_cast<const Ease*>(model)) {
      add_rows("ease", ease->solved().background, ease->solved().weights, kept);
    } else if (const auto* markov = dynamic_cast<const Markov*>(model)) {
      add_rows("markov", markov->counted().shares, markov->counted().transitions, kept);
    } else if (const auto* recent = dynamic_cast<const RecentPopularity*>(model)) {
      add_recent(recent->counted(), kept);
    } else {
      throw Error("blend: a part of this kind cannot be stored");
    }
  }
}

void BlendTensors::add_rows(std::string prefix, std::span<const float> background, const SparseRows& matrix,
                            const KeptRows& kept) {
  Rows& part = all_rows_.emplace_back();
  part.prefix = std::move(prefix);
  for (const std::size_t item : kept.items) {
    part.background.push_back(background[item]);
    for (const SparseRows::Entry& entry : matrix.row(item)) {
      part.rows.push_back(static_cast<std::int64_t>(kept.row_of_item[entry.column]));
      part.values.push_back(entry.value);
    }
    part.offsets.push_back(static_cast<std::int64_t>(part.rows.size()));
  }
}

void BlendTensors::add_recent(const RecentPopularity::Counted& counted, const KeptRows& kept) {
  for (const std::size_t item : kept.items) recent_background_.push_back(counted.background[item]);
  for (std::size_t i = counted.items.size() - std::min(counted.items.size(), longest_timeline);
       i < counted.items.size(); ++i) {
    recent_times_.push_back(counted.times[i]);
    recent_rows_.push_back(static_cast<std::int64_t>(kept.row_of_item[counted.items[i]]));
  }
}

void BlendTensors::add_to(std::vector<TensorToStore>& tensors) const {
  for (const Rows& part : all_rows_) {
    tensors.push_back(tensor_to_store<float>(part.prefix + ".background", {part.background.size()}, part.background));
    tensors.push_back(tensor_to_store<std::int64_t>(part.prefix + ".offsets", {part.offsets.size()}, part.offsets));
    tensors.push_back(tensor_to_store<std::int64_t>(part.prefix + ".rows", {part.rows.size()}, part.rows));
    tensors.push_back(tensor_to_store<float>(part.prefix + ".similarities", {part.values.size()}, part.values));
  }
  if (recent_background_.empty()) return;
  tensors.push_back(tensor_to_store<float>("recent.background", {recent_background_.size()}, recent_background_));
  tensors.push_back(tensor_to_store<std::int64_t>("recent.times", {recent_times_.size()}, recent_times_));
  tensors.push_back(tensor_to_store<std::int64_t>("recent.rows", {recent_rows_.size()}, recent_rows_));
}

std::vector<std::shared_ptr<const Recommender>> read_parts(const ModelReader& reader, const BlendRecord& record,
                                                           std::span<const std::size_t> item_of_row,
                                                           std::size_t catalogue) {
  const RowsOfFile file(reader, item_of_row, catalogue);
  std::vector<std::shared_ptr<const Recommender>> parts;
  for (const BlendRecord::Part& part : record.parts) {
    if (part.name == "recent_popularity") {
      parts.push_back(std::make_shared<const RecentPopularity>(file.read_recent()));
      continue;
    }
    Read read = file.read(part.name == "item_knn" ? "neighbours" : part.name);
    if (part.name == "item_knn") {
      parts.push_back(std::make_shared<const ItemKnn>(
          ItemKnn::Counted{.background = std::move(read.background), .similar = std::move(read.matrix)}));
    } else if (part.name == "ease") {
      parts.push_back(std::make_shared<const Ease>(
          Ease::Solved{.background = std::move(read.background), .weights = std::move(read.matrix)}, part.ease));
    } else {
      parts.push_back(std::make_shared<const Markov>(
          Markov::Counted{.shares = std::move(read.background), .transitions = std::move(read.matrix)}));
    }
  }
  return parts;
}

}  // namespace infodiet::recsys
