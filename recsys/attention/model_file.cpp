#include "recsys/attention/model_file.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "recsys/errors.hpp"
#include "recsys/store/model_store.hpp"
#include "recsys/store/parameter_tensors.hpp"

namespace infodiet::recsys {

namespace {

using Json = nlohmann::ordered_json;

constexpr auto model_name = "attention";
constexpr auto item_ids_tensor = "item_ids";

void add_weights(std::vector<TensorToStore>& tensors, const std::string& prefix, const AttentionConfig& config,
                 const AttentionWeights& weights) {
  add_parameters(tensors, prefix, AttentionNetwork<float>(config).layout(), weights.network);
  tensors.push_back(tensor_to_store<float>(prefix + "items.weight", {weights.items.shape(0), weights.items.shape(1)},
                                           {weights.items.data(), weights.items.size()}));
}

AttentionWeights read_weights(const ModelReader& reader, const std::string& prefix, const AttentionConfig& config) {
  AttentionWeights weights;
  weights.network = read_parameters(reader, prefix, AttentionNetwork<float>(config).layout());
  const std::string items = prefix + "items.weight";
  const TensorInfo& info = reader.info(items);
  if (info.shape.size() != 2 || info.shape[1] != config.width) {
    throw DamagedError(
        fmt::format("model '{}', tensor '{}': its shape does not fit the width {} of its configuration: train again",
                    reader.record().name, items, config.width));
  }
  weights.items.resize({info.shape[0], info.shape[1]});
  reader.read(items, std::span<float>(weights.items.data(), weights.items.size()));
  return weights;
}

Json epochs_to_json(const TrainingRun& run) {
  Json epochs = Json::array();
  for (const EpochResult& epoch : run.epochs()) {
    epochs.push_back({{"loss", epoch.loss}, {"ndcg@10", epoch.ndcg_at_10}, {"hr@10", epoch.hit_rate_at_10}});
  }
  return epochs;
}

Json metrics_of(const TrainingRun& run, double seconds) {
  Json json = {{"epochs", run.epochs().size()}, {"best_epoch", run.best_epoch()}, {"seconds", seconds}};
  if (run.has_validation() && run.best_epoch() > 0) {
    const EpochResult& best = run.epochs()[run.best_epoch() - 1];
    json["validation"] = {{"ndcg@10", best.ndcg_at_10}, {"hr@10", best.hit_rate_at_10}};
  }
  json["history"] = epochs_to_json(run);
  return json;
}

ModelRecord record_of(const RunIdentity& identity, const Json& metrics) {
  const Json configuration = {{"model", Json::parse(to_json(identity.config))},
                              {"training", Json::parse(to_json(identity.training))}};
  return {.name = model_name,
          .configuration = configuration.dump(),
          .seed = identity.training.seed,
          .data_fingerprint = identity.data_fingerprint,
          .holdout = format_holdout(identity.holdout),
          .metrics = metrics.dump()};
}

Json parse_stored(const std::string& text, std::string_view what) {
  Json json = Json::parse(text, nullptr, false);
  if (!json.is_object()) {
    throw DamagedError(fmt::format("the stored {} of model '{}' is not a JSON object: train again", what, model_name));
  }
  return json;
}

AttentionConfig stored_config(const ModelRecord& record) {
  const Json json = parse_stored(record.configuration, "configuration");
  return attention_config_from_json(json.contains("model") ? json["model"].dump() : "null");
}

// A checkpoint's JSON is ours, but the file may have been changed: every access that fails is damage.
template <class F>
auto from_checkpoint(F read) {
  try {
    return read();
  } catch (const nlohmann::json::exception& error) {
    throw DamagedError(fmt::format("the checkpoint of model '{}' does not make sense ({}): train without --resume",
                                   model_name, error.what()));
  }
}

}  // namespace

void publish_attention_model(Database& db, const RunIdentity& identity, const Dataset& data, const TrainingRun& run,
                             double seconds) {
  std::vector<TensorToStore> tensors;
  add_weights(tensors, "", identity.config, run.best());
  tensors.push_back(tensor_to_store<std::int64_t>(item_ids_tensor, {data.item_ids.size()}, data.item_ids));
  publish_model(db, record_of(identity, metrics_of(run, seconds)), tensors);
}

void save_attention_checkpoint(Database& db, const RunIdentity& identity, const TrainingRun& run, double seconds) {
  const AttentionTrainer& trainer = run.trainer();
  std::vector<TensorToStore> tensors;
  add_weights(tensors, "current.", identity.config, trainer.weights());
  add_weights(tensors, "best.", identity.config, run.best());
  add_moments(tensors, "moments.network", trainer.network_moments());
  add_moments(tensors, "moments.items", trainer.item_moments());
  Json metrics = metrics_of(run, seconds);
  metrics["steps"] = trainer.network_moments().steps;
  save_checkpoint(db, record_of(identity, metrics), tensors);
}

std::optional<double> restore_attention_checkpoint(const Database& db, const RunIdentity& identity, TrainingRun& run) {
  if (!find_model(db, model_name, ModelState::training)) return std::nullopt;
  const ModelReader reader(db, model_name, ModelState::training);
  const ModelRecord& record = reader.record();
  const ModelRecord expected = record_of(identity, Json::object());
  if (record.configuration != expected.configuration || record.seed != expected.seed ||
      record.holdout != expected.holdout || record.data_fingerprint != expected.data_fingerprint) {
    throw DataError(
        fmt::format("{}: the training that was interrupted had other data, settings or seed: repeat the command it was "
                    "started with, or train without --resume to start anew",
                    db.path()));
  }
  const AttentionConfig& config = identity.config;
  TrainingRun::State state;
  state.trainer.weights = read_weights(reader, "current.", config);
  state.best = read_weights(reader, "best.", config);
  if (state.trainer.weights.items.shape(0) != run.trainer().weights().items.shape(0) ||
      state.best.items.shape(0) != run.trainer().weights().items.shape(0)) {
    throw DamagedError(fmt::format("{}: the checkpoint is of another catalogue: train without --resume", db.path()));
  }
  return from_checkpoint([&] {
    const Json metrics = parse_stored(record.metrics, "progress");
    const auto steps = metrics.at("steps").get<std::uint64_t>();
    state.trainer.network_moments =
        read_moments(reader, "moments.network", state.trainer.weights.network.flat().size(), steps);
    state.trainer.item_moments = read_moments(reader, "moments.items", state.trainer.weights.items.size(), steps);
    for (const Json& epoch : metrics.at("history")) {
      state.epochs.push_back({.loss = epoch.at("loss").get<double>(),
                              .ndcg_at_10 = epoch.at("ndcg@10").get<double>(),
                              .hit_rate_at_10 = epoch.at("hr@10").get<double>()});
    }
    state.trainer.epochs = static_cast<std::uint32_t>(state.epochs.size());
    run.restore(std::move(state));
    return metrics.at("seconds").get<double>();
  });
}

std::unique_ptr<AttentionModel> load_attention_model(const Database& db, const Dataset& data) {
  const ModelReader reader(db, model_name);
  const AttentionConfig config = stored_config(reader.record());
  AttentionWeights stored = read_weights(reader, "", config);
  const std::vector<std::int64_t> ids = reader.read<std::int64_t>(item_ids_tensor);
  if (ids.size() != stored.items.shape(0) || !std::is_sorted(ids.begin(), ids.end())) {
    throw DamagedError(fmt::format("model '{}': its item ids do not fit its {} item vectors: train again", model_name,
                                   stored.items.shape(0)));
  }
  if (ids == data.item_ids) return std::make_unique<AttentionModel>(config, std::move(stored));

  const std::size_t width = config.width;
  std::vector<double> sums(width, 0.0);
  for (std::size_t i = 0; i < stored.items.size(); ++i) sums[i % width] += static_cast<double>(stored.items.data()[i]);
  AttentionWeights weights{.network = std::move(stored.network), .items = {}};
  weights.items.resize({data.catalogue_size(), width});
  for (std::size_t item = 0; item < data.catalogue_size(); ++item) {
    float* to = weights.items.data() + item * width;
    const auto known = std::lower_bound(ids.begin(), ids.end(), data.item_ids[item]);
    if (known != ids.end() && *known == data.item_ids[item]) {
      std::copy_n(stored.items.data() + static_cast<std::size_t>(known - ids.begin()) * width, width, to);
    } else {
      std::transform(sums.begin(), sums.end(), to,
                     [&](double sum) { return static_cast<float>(sum / static_cast<double>(ids.size())); });
    }
  }
  return std::make_unique<AttentionModel>(config, std::move(weights));
}

std::optional<std::size_t> published_best_epoch(const Database& db) {
  const std::optional<ModelRecord> record = find_model(db, model_name, ModelState::published);
  if (!record) return std::nullopt;
  const Json metrics = parse_stored(record->metrics, "metrics");
  if (!metrics.contains("best_epoch") || !metrics["best_epoch"].is_number_unsigned()) return std::nullopt;
  return metrics["best_epoch"].get<std::size_t>();
}

}  // namespace infodiet::recsys
