// Models in the database: a record of how one was made, and its tensors in checksummed chunks. Publishing is one
// transaction, so a reader sees the old model or the new one, never a mix. Does not interpret the tensors.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "recsys/store/database.hpp"

namespace infodiet::recsys {

/// The states of a model.
enum class ModelState {
  training,   ///< the checkpoint of a training run, at most one of each name
  published,  ///< the one in use, at most one of each name
  retired,    ///< published earlier, or worse than the published one; loadable while it has tensors
};

/// How many of the latest models of a name keep their tensors, besides the published and the pinned ones.
inline constexpr std::size_t kept_models = 3;

/// How a model was made, and its metrics. Texts marked JSON are stored as given.
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
  /// People it was trained on who were forgotten since. When storing: those of the model it starts from.
  std::int64_t forgotten_users = 0;
  /// When storing: count_forgets() at the time its data was read, or nothing if it uses nobody's data. People forgotten
  /// since then are added to `forgotten_users`.
  std::optional<std::int64_t> forgets = {};
  bool pinned = false;    ///< always keeps its tensors
  bool loadable = false;  ///< has tensors
};

/// Types of tensor elements.
enum class ElementType { f32, f64, i64, u8 };

/// In bytes.
std::size_t element_size(ElementType type);

/// The element type that stores values of type T.
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

/// A tensor to store, in memory of the caller: row-major, as many elements as the product of `shape`. One that is not
/// in memory at once is written by `fill`, piece by piece in order: whole elements, from the byte `first` on.
struct TensorToStore {
  std::string name = {};
  ElementType type = ElementType::f32;
  std::vector<std::size_t> shape = {};
  std::span<const std::byte> bytes = {};
  std::function<void(std::size_t first, std::span<std::byte> piece)> fill = {};
};

/// A tensor of `values`, which must outlive it.
template <class T>
TensorToStore tensor_to_store(std::string name, std::vector<std::size_t> shape, std::span<const T> values) {
  return {std::move(name), ElementTypeOf<T>::value, std::move(shape), std::as_bytes(values), {}};
}

/// A stored tensor, not read yet.
struct TensorInfo {
  std::string name = {};
  ElementType type = ElementType::f32;
  std::vector<std::size_t> shape = {};
  std::size_t elements = 0;
};

/// Stores and publishes a model under `model.name`, in one transaction, and retires the one published before. The
/// latest (kept_models) and the pinned retired models keep their tensors, unless they were trained on somebody
/// forgotten. Returns the new id. `model.id`, `state` and `created` are set here. Tensors' names must differ. Throws
/// ShapeError if a tensor's bytes do not fit its shape, SqliteError.
std::int64_t publish_model(Database& db, const ModelRecord& model, std::span<const TensorToStore> tensors);

/// The same without publishing: the model is retired at once.
std::int64_t keep_model(Database& db, const ModelRecord& model, std::span<const TensorToStore> tensors);

/// Publishes a stored model instead of the current one, in one transaction. Throws DataError if there is no such model,
/// if it is a checkpoint, or if its tensors were deleted.
void publish_stored_model(Database& db, std::int64_t id);
/// Sets or clears `pinned`. Throws DataError if there is no such model.
void pin_model(Database& db, std::int64_t id, bool pinned);
/// Deletes a model of any state. Throws DataError if there is no such model.
void remove_model(Database& db, std::int64_t id);

/// Replaces the checkpoint of `model.name`, and what delete_checkpoint deletes with it, in one transaction: if the
/// process dies, the old or the new one exists.
/// Returns false, and deletes the old one, if somebody was forgotten since the data was read, since no training may
/// continue from forgotten data. Throws as publish_model.
bool save_checkpoint(Database& db, const ModelRecord& model, std::span<const TensorToStore> tensors);

/// Deletes the checkpoint of that name, if any, and those of names that continue it after a slash.
void delete_checkpoint(Database& db, std::string_view name);

/// The latest model of that name in that state, if any.
std::optional<ModelRecord> find_model(const Database& db, std::string_view name, ModelState state);

/// The model with that id. Throws DataError if there is none.
ModelRecord require_model(const Database& db, std::int64_t id);

/// All records, oldest first.
std::vector<ModelRecord> list_models(const Database& db);

/// Reads the tensors of one stored model. Holds a snapshot of the file, so keep it only while loading. Checks
/// everything it reads; throws DamagedError naming model and tensor if anything does not fit.
class ModelReader {
 public:
  /// Finds the model and its tensors, and checks that their chunks are complete and as long as their shapes say, so
  /// that memory is allocated only for bytes that exist. Throws Error if there is no such model, DamagedError.
  ModelReader(const Database& db, std::string_view name, ModelState state = ModelState::published);

  /// The same for a stored model in any state. Throws DataError if its tensors were deleted.
  ModelReader(const Database& db, const ModelRecord& model);

  /// The model's record, and all of its tensors.
  const ModelRecord& record() const { return model_; }
  const std::vector<TensorInfo>& tensors() const { return tensors_; }
  /// Throws DamagedError if the model has no such tensor.
  const TensorInfo& info(std::string_view name) const;

  /// Fills `values`, of info(name).elements elements, verifying checksums. Throws DamagedError, also if the stored type
  /// differs, and ShapeError if `values` has another size.
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
  /// The same for a tensor of floats piece by piece, in order: `take` gets each with the number of its first element.
  void read_pieces(std::string_view name,
                   const std::function<void(std::size_t first, std::span<const float> piece)>& take) const;

 private:
  const TensorInfo& info_of(std::string_view name, ElementType type) const;
  void read_bytes(std::string_view name, ElementType type, std::span<std::byte> bytes) const;

  const Database* db_;
  Snapshot snapshot_;
  ModelRecord model_;
  std::vector<TensorInfo> tensors_;
};

}  // namespace infodiet::recsys
