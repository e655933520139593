// Models in the database: a record of how one was made, and its tensors in checksummed chunks. Publishing is one
// transaction, so a reader sees the old model or the new one, never a mix. Knows nothing of what the tensors mean.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "recsys/store/database.hpp"

namespace infodiet::recsys {

enum class ModelState {
  training,   ///< the checkpoint of a training run, at most one of each name
  published,  ///< what recommends, at most one of each name
  retired,    ///< published once, or worse than what was published; loadable as long as its tensors are kept
};

/// How many models of a name keep their tensors, the latest first, beside the published one and those that are pinned.
inline constexpr std::size_t kept_models = 3;

/// How a model was made and how well it did. Texts marked JSON are stored as given.
struct ModelRecord {
  std::int64_t id = 0;  ///< given by the database
  std::string name = {};
  ModelState state = ModelState::published;
  std::int64_t created = 0;          ///< Unix seconds, given when stored
  std::string configuration = "{}";  ///< JSON
  std::uint64_t seed = 0;
  std::string data_fingerprint = {};  ///< see data_fingerprint() in recsys/store/load_dataset.hpp
  std::string holdout = {};           ///< what the model has not seen: "last", "temporal:0.9" or "none"
  std::string metrics = "{}";         ///< JSON
  /// Of those it was made with. To be stored: of those that what it starts from was made with.
  std::int64_t forgotten_users = 0;
  /// To be stored: count_forgets() when the data was read that it is made of, or nothing if it is made of nobody's.
  /// Whoever was forgotten since then is added to `forgotten_users`.
  std::optional<std::int64_t> forgets = {};
  bool pinned = false;    ///< keeps its tensors however many come after it
  bool loadable = false;  ///< has tensors
};

enum class ElementType { f32, f64, i64, u8 };

std::size_t element_size(ElementType type);

template <class T>
struct ElementTypeOf;
template <>
struct ElementTypeOf<float> {
  static constexpr ElementType value = ElementType::f32;
};
template <>
struct ElementTypeOf<double> {
  static constexpr ElementType value = ElementType::f64;
};
template <>
struct ElementTypeOf<std::int64_t> {
  static constexpr ElementType value = ElementType::i64;
};
template <>
struct ElementTypeOf<std::uint8_t> {
  static constexpr ElementType value = ElementType::u8;
};

/// A tensor to store, in memory that stays the caller's: elements row-major, as many as the product of `shape`.
struct TensorToStore {
  std::string name = {};
  ElementType type = ElementType::f32;
  std::vector<std::size_t> shape = {};
  std::span<const std::byte> bytes = {};
};

template <class T>
TensorToStore tensor_to_store(std::string name, std::vector<std::size_t> shape, std::span<const T> values) {
  return {std::move(name), ElementTypeOf<T>::value, std::move(shape), std::as_bytes(values)};
}

/// What is known of a stored tensor before it is read.
struct TensorInfo {
  std::string name = {};
  ElementType type = ElementType::f32;
  std::vector<std::size_t> shape = {};
  std::size_t elements = 0;
};

/// Makes the tensors the published model of `model.name`, in one transaction; the one published before is retired. Of
/// retired ones the latest (kept_models) and those that are pinned keep their tensors, unless they know somebody who
/// was forgotten. Returns the new id. `model.id`, `state` and `created` are set here. Tensors' names must differ.
/// Throws ShapeError if a tensor's bytes do not fit its shape, SqliteError.
std::int64_t publish_model(Database& db, const ModelRecord& model, std::span<const TensorToStore> tensors);

/// The same for a model that is not to be published: it is retired at once.
std::int64_t keep_model(Database& db, const ModelRecord& model, std::span<const TensorToStore> tensors);

/// Publishes a stored model again in place of the one that is, in one transaction. Throws DataError if there is no such
/// model, if it is a checkpoint, or if its tensors are gone.
void publish_stored_model(Database& db, std::int64_t id);
/// Throws DataError if there is no such model.
void pin_model(Database& db, std::int64_t id, bool pinned);
/// Deletes a model of any state. Throws DataError if there is no such model.
void remove_model(Database& db, std::int64_t id);

/// Replaces the checkpoint of `model.name`, in one transaction: whenever the process dies, the one before or this one
/// is there. Returns false, and leaves none, if somebody was forgotten since the data was read: nothing may go on from
/// what knows them. Throws as publish_model.
bool save_checkpoint(Database& db, const ModelRecord& model, std::span<const TensorToStore> tensors);

/// Deletes the checkpoint of that name if there is one.
void delete_checkpoint(Database& db, std::string_view name);

/// The published model or the checkpoint of that name.
std::optional<ModelRecord> find_model(const Database& db, std::string_view name, ModelState state);

/// The model with that id. Throws DataError if there is none.
ModelRecord require_model(const Database& db, std::int64_t id);

/// All records, oldest first.
std::vector<ModelRecord> list_models(const Database& db);

/// Reads the tensors of one stored model, as they are when it is constructed: it holds a snapshot of the file, so keep
/// it only while loading. Everything read is checked; whatever does not fit throws DamagedError naming model and
/// tensor.
class ModelReader {
 public:
  /// Finds the model and what tensors it has, and checks that their chunks are complete and as long as their shapes
  /// say, so that memory is only ever allocated for bytes that are really there. Throws Error if there is no such
  /// model, DamagedError.
  ModelReader(const Database& db, std::string_view name, ModelState state = ModelState::published);

  /// The same of a stored model, whatever its state. Throws DataError if its tensors are gone.
  ModelReader(const Database& db, const ModelRecord& model);

  const ModelRecord& record() const { return model_; }
  const std::vector<TensorInfo>& tensors() const { return tensors_; }
  /// Throws DamagedError if the model has no such tensor.
  const TensorInfo& info(std::string_view name) const;

  /// Fills `values`, of info(name).elements elements, verifying checksums. Throws DamagedError, also if the stored type
  /// is another, and ShapeError if `values` has another size.
  template <class T>
  void read(std::string_view name, std::span<T> values) const {
    read_bytes(name, ElementTypeOf<T>::value, std::as_writable_bytes(values));
  }
  template <class T>
  std::vector<T> read(std::string_view name) const {
    std::vector<T> values(info(name).elements);
    read(name, std::span<T>(values));
    return values;
  }

 private:
  void read_bytes(std::string_view name, ElementType type, std::span<std::byte> bytes) const;

  const Database* db_;
  Snapshot snapshot_;
  ModelRecord model_;
  std::vector<TensorInfo> tensors_;
};

}  // namespace infodiet::recsys
