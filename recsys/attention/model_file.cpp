#include "recsys/attention/model_file.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstring>
#include <functional>
#include <nlohmann/json.hpp>

#include "engine/io/json_text.hpp"
#include "recsys/errors.hpp"
#include "recsys/evaluation/metrics.hpp"
#include "recsys/store/catalogue.hpp"
#include "recsys/store/model_names.hpp"
#include "recsys/store/model_repeats.hpp"
#include "recsys/store/model_store.hpp"
#include "recsys/store/parameter_tensors.hpp"

namespace infodiet::recsys {

namespace {

using Json = nlohmann::ordered_json;

constexpr std::string_view model_name = attention_model;
constexpr auto item_ids_tensor = "item_ids";
// Of a checkpoint.
constexpr auto attribute_tensor = "current.attributes.weight";
constexpr auto average_attribute_tensor = "average.attributes.weight";
constexpr std::array<std::pair<ItemNumbers, std::string_view>, 5> item_tensors{
    {{ItemNumbers::vectors, "current.items.weight"},
     {ItemNumbers::best, "best.items.weight"},
     {ItemNumbers::first_moments, "moments.items.first"},
     {ItemNumbers::second_moments, "moments.items.second"},
     {ItemNumbers::average, "average.items.weight"}}};

std::string_view tensor_of(ItemNumbers which) {
  return std::find_if(item_tensors.begin(), item_tensors.end(), [&](const auto& one) { return one.first == which; })
      ->second;
}

// Gives rows (number of rows, D) of what is known of the items, named in ascending order.
using ReadRows = std::function<void(std::span<const std::uint32_t> rows, std::span<float> values)>;

ReadRows reader_of(const AttentionTrainer& trainer, ItemNumbers which) {
  return [&trainer, which](std::span<const std::uint32_t> rows, std::span<float> values) {
    trainer.read_rows(which, rows, values);
  };
}

ReadRows reader_of(const engine::Matrix<float>& items) {
  return [&items](std::span<const std::uint32_t> rows, std::span<float> values) {
    const std::size_t width = items.shape(1);
    for (std::size_t i = 0; i < rows.size(); ++i) std::copy_n(&items(rows[i], 0), width, values.data() + i * width);
  };
}

// Some of these rows, read as they are stored: (count, D), row i that of item_at(i), ascending.
TensorToStore item_rows(std::string name, ReadRows read, std::size_t width, std::size_t count,
                        std::function<std::uint32_t(std::size_t)> item_at) {
  const auto fill = [read = std::move(read), width, item_at = std::move(item_at)](std::size_t byte,
                                                                                  std::span<std::byte> piece) {
    const std::size_t first = byte / sizeof(float);
    const std::size_t begin = first / width;  // the row that the piece begins in
    const std::size_t end = (first + piece.size() / sizeof(float) + width - 1) / width;
    std::vector<std::uint32_t> rows;
    for (std::size_t row = begin; row < end; ++row) rows.push_back(item_at(row));
    std::vector<float> values(rows.size() * width);
    read(rows, values);
    if (!piece.empty()) std::memcpy(piece.data(), values.data() + first - begin * width, piece.size());
  };
  return {.name = std::move(name), .shape = {count, width}, .fill = fill};
}

// The item vectors are the first rows of a table with room for at least `room`.
AttentionWeights read_weights(const ModelReader& reader, const std::string& prefix, const AttentionConfig& config,
                              std::size_t room = 0) {
  AttentionWeights weights;
  weights.network = read_parameters(reader, prefix, AttentionNetwork<float>(config).layout());
  const std::string items = prefix + "items.weight";
  const TensorInfo& info = reader.info(items);
  if (info.shape.size() != 2 || info.shape[1] != config.width) {
    throw DamagedError(
        fmt::format("model '{}', tensor '{}': its shape does not fit the width {} of its configuration: train again",
                    reader.record().name, items, config.width));
  }
  weights.items.resize({std::max(info.shape[0], room), info.shape[1]});
  reader.read(items, std::span<float>(weights.items.data(), info.elements));
  return weights;
}

void add_matrix(std::vector<TensorToStore>& tensors, std::string name, const engine::Matrix<float>& matrix) {
  tensors.push_back(
      tensor_to_store<float>(std::move(name), {matrix.shape(0), matrix.shape(1)}, {matrix.data(), matrix.size()}));
}

[[noreturn]] void throw_other_features() {
  throw DataError(
      "the items had other attributes or imported vectors when the training was interrupted: train without --resume to "
      "start over");
}

// Of a checkpoint, with the shape of `like`.
engine::Matrix<float> read_matrix(const ModelReader& reader, std::string_view name, const engine::Matrix<float>& like) {
  const bool fits = std::any_of(reader.tensors().begin(), reader.tensors().end(), [&](const TensorInfo& tensor) {
    return tensor.name == name && tensor.shape == std::vector{like.shape(0), like.shape(1)};
  });
  if (!fits) {
    throw_other_features();
  }
  engine::Matrix<float> matrix;
  matrix.resize({like.shape(0), like.shape(1)});
  reader.read(name, std::span<float>(matrix.data(), matrix.size()));
  return matrix;
}

constexpr std::size_t no_item = static_cast<std::size_t>(-1);

// The catalogue's item of each stored row, or `no_item`.
std::vector<std::size_t> items_of_rows(std::span<const std::int64_t> ids, const Dataset& data) {
  std::vector<std::size_t> item_of_row(ids.size(), no_item);
  for (std::size_t row = 0; row < ids.size(); ++row) {
    const auto item = std::lower_bound(data.item_ids.begin(), data.item_ids.end(), ids[row]);
    if (item == data.item_ids.end() || *item != ids[row]) continue;
    item_of_row[row] = static_cast<std::size_t>(item - data.item_ids.begin());
  }
  return item_of_row;
}

// Moves the row of each item to the item's index in the catalogue, without a second table; other rows become 0.
// item_of_row is ascending, except for `no_item`.
void spread_rows(engine::Matrix<float>& items, std::span<const std::size_t> item_of_row, std::size_t catalogue) {
  const std::size_t width = items.shape(1);
  const auto row_at = [&](std::size_t row) { return items.data() + row * width; };
  std::vector<std::size_t> moved;
  for (std::size_t row = 0; row < item_of_row.size(); ++row) {
    if (item_of_row[row] == no_item) continue;
    std::copy_n(row_at(row), width, row_at(moved.size()));
    moved.push_back(item_of_row[row]);
  }
  for (std::size_t item = catalogue; item-- > 0;) {
    if (moved.empty() || moved.back() != item) {
      std::fill_n(row_at(item), width, 0.0F);
      continue;
    }
    moved.pop_back();
    std::copy_n(row_at(moved.size()), width, row_at(item));
  }
  items.resize({catalogue, width});
}

Json epochs_to_json(std::span<const EpochResult> course) {
  Json epochs = Json::array();
  for (const EpochResult& epoch : course) {
    epochs.push_back({{"loss", epoch.loss}, {"ndcg@10", epoch.ndcg_at_10}, {"hr@10", epoch.hit_rate_at_10}});
  }
  return epochs;
}

Json to_json(const EpochResult& validated) {
  return {{"ndcg@10", validated.ndcg_at_10}, {"hr@10", validated.hit_rate_at_10}};
}

Json metrics_of(const RunIdentity& identity, const Course& course, double seconds) {
  Json json = {{"epochs", course.epochs.size()},
               {"best_epoch", course.best_epoch},
               {"trained_epochs", identity.start_epochs + course.best_epoch},
               {"seconds", seconds},
               {"data",
                {{"interactions", identity.interactions},
                 {"last_import", identity.extent.last_import},
                 {"latest", identity.extent.latest ? Json(*identity.extent.latest) : Json(nullptr)}}}};
  if (course.validation) json["validation"] = to_json(*course.validation);
  if (course.start) json["start"] = to_json(*course.start);
  json["history"] = epochs_to_json(course.epochs);
  return json;
}

Json members_json(std::span<const Member> members) {
  Json json = Json::array();
  for (const Member& member : members) {
    Json one = {{"seed", member.seed}, {"best_epoch", member.course.best_epoch}};
    if (member.course.validation) one["validation"] = to_json(*member.course.validation);
    json.push_back(std::move(one));
  }
  return json;
}

ModelRecord record_of(const RunIdentity& identity, const Json& metrics) {
  Json configuration = {{"model", engine::parse_json<Json>(to_json(identity.config))},
                        {"training", engine::parse_json<Json>(to_json(identity.training))}};
  if (identity.from_model) configuration["from_model"] = *identity.from_model;
  if (identity.repeats == Repeats::allow) configuration["repeats"] = format_repeats(identity.repeats);
  if (identity.liked) configuration["liked"] = format_liking(*identity.liked);
  if (identity.members > 1) configuration["members"] = identity.members;
  return {.name = std::string(model_name),
          .configuration = engine::json_text(configuration),
          .seed = identity.training.seed,
          .data_fingerprint = identity.data_fingerprint,
          .holdout = format_holdout(identity.holdout),
          .metrics = engine::json_text(metrics),
          .forgotten_users = identity.forgotten_users,
          .forgets = identity.forgets};
}

Json parse_stored(const std::string& text, std::string_view what) {
  Json json = engine::parse_json<Json>(text);
  if (!json.is_object()) {
    throw DamagedError(fmt::format("the stored {} of model '{}' is not a JSON object: train again", what, model_name));
  }
  return json;
}

AttentionConfig stored_config(const ModelRecord& record) {
  const Json json = parse_stored(record.configuration, "configuration");
  return attention_config_from_json(json.contains("model") ? engine::json_text(json["model"]) : "null");
}

std::size_t stored_members(const ModelRecord& record) {
  const Json members = parse_stored(record.configuration, "configuration").value("members", Json(std::size_t{1}));
  if (members.is_number_unsigned() && members >= 1 && members <= most_members) return members.get<std::size_t>();
  throw DamagedError(
      fmt::format("model '{}': its configuration has no sensible number of members: train again", model_name));
}

ModelRecord require_attention(const Database& db, std::int64_t id) {
  ModelRecord model = require_model(db, id);
  if (model.name == model_name && model.state != ModelState::training) return model;
  throw DataError(fmt::format("{}: model {} is {} and cannot recommend; 'infodiet models' lists all models", db.path(),
                              id,
                              model.name == model_name ? "the checkpoint of a training run" : "of kind " + model.name));
}

// A checkpoint's JSON is ours, but the file may have been changed: every access that fails is damage.
template <class F>
auto from_checkpoint(F read) {
  try {
    return read();
  } catch (const nlohmann::json::exception& error) {
    throw DamagedError(fmt::format("the checkpoint of model '{}' is not valid ({}): train without --resume", model_name,
                                   error.what()));
  }
}

}  // namespace

std::int64_t publish_attention_model(Database& db, const RunIdentity& identity, const TrainingRun& run,
                                     const Publication& what) {
  const KeptRows kept(run.training_data());
  const AttentionNetwork<float> network(identity.config);
  std::vector<TensorToStore> tensors;
  const auto add_weights = [&](const std::string& prefix, const engine::Parameters<float>& parameters, ReadRows rows) {
    add_parameters(tensors, prefix, network.layout(), parameters);
    tensors.push_back(item_rows(prefix + "items.weight", std::move(rows), identity.config.width, kept.ids.size(),
                                [&](std::size_t row) { return static_cast<std::uint32_t>(kept.items[row]); }));
  };
  if (what.members.empty()) {
    add_weights("", run.trainer().best_network(), reader_of(run.trainer(), ItemNumbers::best));
  }
  for (std::size_t m = 0; m < what.members.size(); ++m) {
    const AttentionWeights& weights = what.members[m].model->weights();
    add_weights(member_prefix(m), weights.network, reader_of(weights.items));
  }
  tensors.push_back(tensor_to_store<std::int64_t>(item_ids_tensor, {kept.ids.size()}, kept.ids));
  Json metrics = metrics_of(identity, what.members.empty() ? run.course() : what.members.back().course, what.seconds);
  if (what.members.size() > 1) metrics["members"] = members_json(what.members);
  metrics["neighbour_weight"] = mean_weight(what.blend, "item_knn");
  metrics["blend"] = engine::parse_json<Json>(blend_json(what.blend));
  if (what.blended) {
    metrics["validation"] = to_json(*what.blended);
  }
  const BlendTensors parts(what.blend, kept);
  parts.add_to(tensors);
  RunIdentity published = identity;
  published.members = std::max<std::size_t>(what.members.size(), 1);
  const ModelRecord record = record_of(published, metrics);
  return what.replaces ? publish_model(db, record, tensors) : keep_model(db, record, tensors);
}

bool save_attention_checkpoint(Database& db, const RunIdentity& identity, const TrainingRun& run, double seconds) {
  const AttentionTrainer& trainer = run.trainer();
  Json metrics = metrics_of(identity, run.course(), seconds);
  metrics["steps"] = trainer.network_moments().steps;
  std::vector<TensorToStore> tensors;
  const AttentionNetwork<float> network(identity.config);
  add_parameters(tensors, "current.", network.layout(), trainer.weights().network);
  add_parameters(tensors, "best.", network.layout(), trainer.best_network());
  add_moments(tensors, "moments.network", trainer.network_moments());
  for (const auto& [which, name] : item_tensors) {
    if (which == ItemNumbers::average && !trainer.average()) continue;
    tensors.push_back(item_rows(std::string(name), reader_of(trainer, which), identity.config.width,
                                trainer.catalogue_size(),
                                [](std::size_t row) { return static_cast<std::uint32_t>(row); }));
  }
  if (const AttributeVectors* attributes = trainer.attributes()) {
    add_matrix(tensors, attribute_tensor, attributes->vectors());
    metrics["features"] = attributes->digest();
    add_moments(tensors, "moments.attributes", trainer.attribute_moments());
  }
  if (const auto& moving = trainer.average()) {
    add_parameters(tensors, "average.", network.layout(), moving->weights.network);
    if (trainer.attributes() != nullptr) add_matrix(tensors, average_attribute_tensor, moving->attributes);
  }
  ModelRecord record = record_of(identity, metrics);
  record.name = identity.checkpoint;
  return save_checkpoint(db, record, tensors);
}

std::optional<double> restore_attention_checkpoint(const Database& db, RunIdentity& identity, TrainingRun& run) {
  if (!find_model(db, identity.checkpoint, ModelState::training)) return std::nullopt;
  const ModelReader reader(db, identity.checkpoint, ModelState::training);
  const ModelRecord& record = reader.record();
  const ModelRecord expected = record_of(identity, Json::object());
  if (record.configuration != expected.configuration || record.seed != expected.seed ||
      record.holdout != expected.holdout || record.data_fingerprint != expected.data_fingerprint) {
    throw DataError(
        fmt::format("{}: the interrupted training had other data, settings or seed: repeat the command that started "
                    "it, or train without --resume to start over",
                    db.path()));
  }
  const AttentionConfig& config = identity.config;
  const bool averages = identity.training.ema > 0;
  for (const auto& [which, name] : item_tensors) {
    if (which == ItemNumbers::average && !averages) continue;
    if (reader.info(name).elements == run.trainer().catalogue_size() * config.width) continue;
    throw DamagedError(fmt::format("{}: the checkpoint is of another catalogue: train without --resume", db.path()));
  }
  const AttentionNetwork<float> network(config);
  const engine::ParameterLayout& layout = network.layout();
  TrainingRun::State state;
  TrainingState::Small& small = state.trainer.small;
  small.network = read_parameters(reader, "current.", layout);
  small.best = read_parameters(reader, "best.", layout);
  return from_checkpoint([&] {
    const Json metrics = parse_stored(record.metrics, "progress");
    const auto steps = metrics.at("steps").get<std::uint64_t>();
    const AttributeVectors* const attributes = run.trainer().attributes();
    small.moments = read_moments(reader, "moments.network", small.network.flat().size(), steps);
    if (averages) small.average = read_parameters(reader, "average.", layout);
    if (attributes != nullptr) {
      if (metrics.contains("features") && metrics.at("features") != attributes->digest()) throw_other_features();
      small.attributes = read_matrix(reader, attribute_tensor, attributes->vectors());
      small.attribute_moments = read_moments(reader, "moments.attributes", attributes->vectors().size(), steps);
      if (small.average) {
        small.average_attributes = read_matrix(reader, average_attribute_tensor, attributes->vectors());
      }
    }
    for (const Json& epoch : metrics.at("history")) {
      state.epochs.push_back({.loss = epoch.at("loss").get<double>(),
                              .ndcg_at_10 = epoch.at("ndcg@10").get<double>(),
                              .hit_rate_at_10 = epoch.at("hr@10").get<double>()});
    }
    if (const auto start = metrics.find("start"); start != metrics.end()) {
      state.start = EpochResult{.ndcg_at_10 = start->at("ndcg@10").get<double>(),
                                .hit_rate_at_10 = start->at("hr@10").get<double>()};
    }
    state.trainer.epochs = static_cast<std::uint32_t>(state.epochs.size());
    run.restore(std::move(state),
                [&](ItemNumbers which, const auto& take) { reader.read_pieces(tensor_of(which), take); });
    identity.forgotten_users = std::max(identity.forgotten_users, record.forgotten_users);
    return metrics.at("seconds").get<double>();
  });
}

std::string member_prefix(std::size_t member) {
  return member == 0 ? "" : fmt::format("member{}.", member + 1);
}

namespace {

// Why the published model is replaced without a comparison, or empty.
std::string incomparable(const Database& db, const Dataset& data, const RunIdentity& identity, const TrainingRun& run,
                         const ModelRecord& published) {
  if (published.forgotten_users > 0) return "the published model was trained on people who have been forgotten";
  if (!run.has_validation()) return "nothing is held out to compare on";
  if (published.holdout != format_holdout(identity.holdout)) {
    return fmt::format("the published model was trained with --holdout {}, so it may have seen the cases",
                       published.holdout);
  }
  const Json metrics = parse_stored(published.metrics, "metrics");
  const auto extent = metrics.find("data");
  if (extent != metrics.end() && extent->value("interactions", std::size_t{0}) > data.items.size()) {
    return "interactions were deleted since the published model was trained, so it may have seen the cases";
  }
  const std::vector<std::int64_t> ids = ModelReader(db, published).read<std::int64_t>(item_ids_tensor);
  const bool same_catalogue = std::any_of(ids.begin(), ids.end(), [&](std::int64_t id) {
    return std::binary_search(data.item_ids.begin(), data.item_ids.end(), id);
  });
  return same_catalogue ? "" : "the published model has another catalogue";
}

}  // namespace

Replacement compare_with_published(const Database& db, const Dataset& data, const RunIdentity& identity,
                                   const TrainingRun& run, const Publication& what) {
  const std::optional<ModelRecord> published = find_model(db, model_name, ModelState::published);
  if (!published) return {.not_compared = "none was published before"};
  Replacement result{.published = published->id};
  try {
    result.not_compared = incomparable(db, data, identity, run, *published);
    if (!result.not_compared.empty()) return result;
    const std::vector<double> old_cases = run.validate_each(*load_attention_model(db, data, {.id = published->id}));
    const std::vector<double> new_cases = what.members.empty()
                                              ? run.validate_each(what.blend)
                                              : run.validate_each(BlendedModel(models_of(what.members), what.blend));
    result.cases = new_cases.size();
    result.old_ndcg = mean(old_cases);
    result.new_ndcg = mean(new_cases);
    double squares = 0;
    for (std::size_t c = 0; c < result.cases; ++c) {
      const double off = new_cases[c] - old_cases[c] - (result.new_ndcg - result.old_ndcg);
      squares += off * off;
    }
    const auto n = static_cast<double>(result.cases);
    result.standard_error = result.cases > 1 ? std::sqrt(squares / (n - 1) / n) : 0;
    result.replaces = result.cases < 2 || result.new_ndcg >= result.old_ndcg - 2 * result.standard_error;
  } catch (const DamagedError& error) {
    result.not_compared = fmt::format("the published model is damaged ({})", error.what());
  } catch (const nlohmann::json::exception& error) {
    result.not_compared = fmt::format("the published model is damaged ({})", error.what());
  }
  return result;
}

std::unique_ptr<BlendedModel> load_attention_model(const Database& db, const Dataset& data,
                                                   const LoadOptions& options) {
  const Snapshot snapshot(db);
  const ModelReader reader =
      options.id ? ModelReader(db, require_attention(db, *options.id)) : ModelReader(db, model_name);
  const AttentionConfig config = stored_config(reader.record());
  const BlendRecord blend_record = read_blend_record(reader.record());
  const std::size_t count = stored_members(reader.record());
  const std::vector<std::int64_t> ids = reader.read<std::int64_t>(item_ids_tensor);
  const bool ascend = std::adjacent_find(ids.begin(), ids.end(), std::greater_equal<>()) == ids.end();
  const std::vector<std::size_t> item_of_row = items_of_rows(ids, data);
  const auto parts = read_parts(reader, blend_record, item_of_row, data.catalogue_size());
  std::optional<ColdItems> cold_items;
  if (ids != data.item_ids) {
    cold_items = {.cold = std::vector<bool>(data.catalogue_size(), true), .topics = load_item_topics(db)};
    for (const std::size_t item : item_of_row) {
      if (item != no_item) cold_items->cold[item] = false;
    }
  }
  std::vector<std::shared_ptr<const AttentionModel>> members;
  for (std::size_t m = 0; m < count; ++m) {
    const std::string prefix = member_prefix(m);
    AttentionWeights weights = read_weights(reader, prefix, config, data.catalogue_size());
    const std::size_t rows = reader.info(prefix + "items.weight").shape[0];
    if (ids.size() != rows || !ascend) {
      throw DamagedError(
          fmt::format("model '{}': its item ids do not fit its {} item vectors: train again", model_name, rows));
    }
    if (cold_items) spread_rows(weights.items, item_of_row, data.catalogue_size());
    auto member = std::make_shared<AttentionModel>(config, std::move(weights), cold_items ? &*cold_items : nullptr,
                                                   options.prefilter);
    if (options.state_bytes > 0) member->keep_states(options.state_bytes / count);
    members.push_back(std::move(member));
  }
  return std::make_unique<BlendedModel>(std::move(members), blend_of(blend_record, parts));
}

std::optional<PublishedAttention> published_attention(const Database& db) {
  const std::optional<ModelRecord> record = find_model(db, model_name, ModelState::published);
  if (!record) return std::nullopt;
  const Json metrics = parse_stored(record->metrics, "metrics");
  // For a model that continued others, their epochs count too.
  const Json epochs = metrics.value("trained_epochs", metrics.value("best_epoch", Json()));
  if (!epochs.is_number_unsigned() || !metrics.value("best_epoch", Json()).is_number_unsigned()) {
    throw DamagedError(fmt::format("model '{}': its metrics do not say which epoch was best: train again", model_name));
  }
  return PublishedAttention{.id = record->id,
                            .config = stored_config(*record),
                            .holdout = parse_holdout(record->holdout),
                            .best_epoch = epochs.get<std::size_t>(),
                            .members = stored_members(*record),
                            .blend = read_blend_record(*record),
                            .forgotten_users = record->forgotten_users,
                            .repeats = stored_repeats(*record),
                            .liked = stored_liking(*record)};
}

}  // namespace infodiet::recsys
