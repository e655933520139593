#include "recsys/store/model_store.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <bit>
#include <cstring>
#include <ctime>
#include <utility>

#include "recsys/errors.hpp"
#include "recsys/store/forget.hpp"
#include "recsys/store/tensor_chunks.hpp"

namespace infodiet::recsys {
namespace {

constexpr const char* record_columns =
    "id, name, state, created, configuration, seed, data_fingerprint, holdout, metrics, forgotten_users, pinned,"
    " EXISTS (SELECT 1 FROM model_tensors WHERE model_id = models.id)";

constexpr std::array<std::pair<ModelState, std::string_view>, 3> state_names{
    {{ModelState::training, "training"}, {ModelState::published, "published"}, {ModelState::retired, "retired"}}};

std::string_view state_name(ModelState state) {
  for (const auto& [value, name] : state_names) {
    if (value == state) return name;
  }
  throw std::logic_error("unknown model state");
}

ModelRecord record_of(const Statement& row) {
  ModelRecord record{.id = row.integer(0),
                     .name = std::string(row.text(1)),
                     .state = ModelState::retired,
                     .created = row.integer(3),
                     .configuration = std::string(row.text(4)),
                     .seed = std::bit_cast<std::uint64_t>(row.integer(5)),
                     .data_fingerprint = std::string(row.text(6)),
                     .holdout = std::string(row.text(7)),
                     .metrics = std::string(row.text(8)),
                     .forgotten_users = row.integer(9),
                     .forgets = {},
                     .pinned = row.integer(10) != 0,
                     .loadable = row.integer(11) != 0};
  // The table's CHECK allows no other names.
  for (const auto& [value, name] : state_names) {
    if (name == row.text(2)) record.state = value;
  }
  return record;
}

// How many people of the model were forgotten, including those forgotten while it was trained. Call it inside the
// transaction that writes the model.
std::int64_t known_and_forgotten(const Database& db, const ModelRecord& model) {
  return model.forgotten_users + (model.forgets ? count_forgets(db) - *model.forgets : 0);
}

// Never earlier than the import of its data, even if clocks disagree.
constexpr const char* insert_record =
    "INSERT INTO models (name, state, created, configuration, seed, data_fingerprint, holdout, metrics, "
    "forgotten_users)"
    " VALUES (?, ?, max(?, (SELECT coalesce(max(created), 0) FROM imports)), ?, ?, ?, ?, ?, ?)";

std::int64_t insert_model(Database& db, const ModelRecord& model, ModelState state,
                          std::span<const TensorToStore> tensors) {
  db.prepare(insert_record)
      .run(model.name, state_name(state), static_cast<std::int64_t>(std::time(nullptr)), model.configuration,
           std::bit_cast<std::int64_t>(model.seed), model.data_fingerprint, model.holdout, model.metrics,
           known_and_forgotten(db, model));
  const std::int64_t id = db.last_insert_id();
  write_tensors(db, id, tensors);
  return id;
}

void retire_published(Database& db, std::string_view name) {
  db.prepare("UPDATE models SET state = 'retired' WHERE name = ? AND state = 'published'").run(name);
}

// Deletes the tensors of a name's models that are no longer kept.
void delete_old_tensors(Database& db, std::string_view name) {
  db.prepare(
        "DELETE FROM model_tensors WHERE model_id IN (SELECT id FROM models WHERE name = ?1 AND state = 'retired' AND"
        " (forgotten_users > 0 OR (NOT pinned AND id NOT IN (SELECT id FROM models WHERE name = ?1"
        " AND state <> 'training' ORDER BY id DESC LIMIT ?2))))")
      .run(name, kept_models);
}

}  // namespace

std::int64_t publish_model(Database& db, const ModelRecord& model, std::span<const TensorToStore> tensors) {
  Transaction transaction(db);
  retire_published(db, model.name);
  const std::int64_t id = insert_model(db, model, ModelState::published, tensors);
  delete_old_tensors(db, model.name);
  transaction.commit();
  return id;
}

std::int64_t keep_model(Database& db, const ModelRecord& model, std::span<const TensorToStore> tensors) {
  Transaction transaction(db);
  const std::int64_t id = insert_model(db, model, ModelState::retired, tensors);
  delete_old_tensors(db, model.name);
  transaction.commit();
  return id;
}

void publish_stored_model(Database& db, std::int64_t id) {
  Transaction transaction(db);
  const ModelRecord model = require_model(db, id);
  if (model.state == ModelState::training || !model.loadable) {
    throw DataError(fmt::format("{}: model {} {}; 'infodiet models' lists all models", db.path(), id,
                                model.loadable
                                    ? "is the checkpoint of a training run: 'infodiet train --resume' continues it"
                                    : "is only a record: its tensors were deleted"));
  }
  retire_published(db, model.name);
  db.prepare("UPDATE models SET state = 'published' WHERE id = ?").run(id);
  transaction.commit();
}

void pin_model(Database& db, std::int64_t id, bool pinned) {
  Transaction transaction(db);
  require_model(db, id);
  db.prepare("UPDATE models SET pinned = ? WHERE id = ?").run(pinned ? 1 : 0, id);
  transaction.commit();
}

void remove_model(Database& db, std::int64_t id) {
  Transaction transaction(db);
  require_model(db, id);
  db.prepare("DELETE FROM models WHERE id = ?").run(id);
  transaction.commit();
}

ModelRecord require_model(const Database& db, std::int64_t id) {
  Statement query = db.prepare(fmt::format("SELECT {} FROM models WHERE id = ?", record_columns));
  query.bind(id);
  if (query.step()) return record_of(query);
  throw DataError(fmt::format("{}: no model {}; 'infodiet models' lists all models", db.path(), id));
}

bool save_checkpoint(Database& db, const ModelRecord& model, std::span<const TensorToStore> tensors) {
  Transaction transaction(db);
  delete_checkpoint(db, model.name);
  const bool lasts = known_and_forgotten(db, model) == model.forgotten_users;
  if (lasts) insert_model(db, model, ModelState::training, tensors);
  transaction.commit();
  return lasts;
}

void delete_checkpoint(Database& db, std::string_view name) {
  Transaction transaction(db);
  db.prepare(
        "DELETE FROM models WHERE state = 'training' AND (name = ?1 OR substr(name, 1, length(?1) + 1) = ?1 || '/')")
      .run(name);
  transaction.commit();
}

std::optional<ModelRecord> find_model(const Database& db, std::string_view name, ModelState state) {
  Statement query = db.prepare(
      fmt::format("SELECT {} FROM models WHERE name = ? AND state = ? ORDER BY id DESC LIMIT 1", record_columns));
  query.bind(name, state_name(state));
  return query.step() ? std::optional(record_of(query)) : std::nullopt;
}

std::vector<ModelRecord> list_models(const Database& db) {
  std::vector<ModelRecord> models;
  for (Statement query = db.prepare(fmt::format("SELECT {} FROM models ORDER BY id", record_columns)); query.step();) {
    models.push_back(record_of(query));
  }
  return models;
}

ModelReader::ModelReader(const Database& db, std::string_view name, ModelState state) : db_(&db), snapshot_(db) {
  const std::optional<ModelRecord> found = find_model(db, name, state);
  if (!found) {
    throw Error(
        state == ModelState::training
            ? fmt::format("{}: no unfinished training of model \"{}\"; start one without --resume", db.path(), name)
            : fmt::format("{}: no model \"{}\"; `infodiet train --model {}` makes it, `infodiet info` lists all models",
                          db.path(), name, name));
  }
  model_ = *found;
  tensors_ = list_tensors(db, model_);
}

ModelReader::ModelReader(const Database& db, const ModelRecord& model)
    : db_(&db), snapshot_(db), model_(model), tensors_(list_tensors(db, model)) {
  if (!tensors_.empty()) return;
  throw DataError(
      fmt::format("{}: model {} is only a record: its tensors were deleted; 'infodiet models' lists all models",
                  db.path(), model.id));
}

const TensorInfo& ModelReader::info(std::string_view name) const {
  const auto found =
      std::find_if(tensors_.begin(), tensors_.end(), [&](const TensorInfo& tensor) { return tensor.name == name; });
  if (found == tensors_.end()) throw_damaged_tensor(*db_, model_, name, "it is missing");
  return *found;
}

const TensorInfo& ModelReader::info_of(std::string_view name, ElementType type) const {
  const TensorInfo& tensor = info(name);
  if (tensor.type != type) {
    throw_damaged_tensor(*db_, model_, name,
                         fmt::format("it holds {}, expected {}", name_of(tensor.type), name_of(type)));
  }
  return tensor;
}

void ModelReader::read_pieces(std::string_view name,
                              const std::function<void(std::size_t, std::span<const float>)>& take) const {
  std::vector<float> piece;
  visit_tensor(*db_, model_, info_of(name, ElementType::f32),
               [&](std::size_t offset, std::span<const std::byte> bytes) {
                 if (offset % sizeof(float) != 0)
                   throw_damaged_tensor(*db_, model_, name, "a chunk ends within an element");
                 piece.resize(bytes.size() / sizeof(float));
                 if (!bytes.empty()) std::memcpy(piece.data(), bytes.data(), bytes.size());
                 take(offset / sizeof(float), piece);
               });
}

void ModelReader::read_bytes(std::string_view name, ElementType type, std::span<std::byte> bytes) const {
  const TensorInfo& tensor = info_of(name, type);
  if (bytes.size() != tensor.elements * element_size(type)) {
    throw ShapeError(fmt::format("reading tensor \"{}\" of shape ({}), {} bytes, into {} bytes", name,
                                 fmt::join(tensor.shape, ", "), tensor.elements * element_size(type), bytes.size()));
  }
  visit_tensor(*db_, model_, tensor, [&](std::size_t offset, std::span<const std::byte> piece) {
    if (!piece.empty()) std::memcpy(bytes.data() + offset, piece.data(), piece.size());
  });
}

}  // namespace infodiet::recsys
