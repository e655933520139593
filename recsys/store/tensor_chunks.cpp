#include "recsys/store/tensor_chunks.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <cstring>
#include <limits>
#include <nlohmann/json.hpp>
#include <utility>

#include "engine/io/json_text.hpp"
#include "recsys/errors.hpp"
#include "recsys/store/digest.hpp"

namespace infodiet::recsys {
namespace {

constexpr std::size_t chunk_bytes = std::size_t{1} << 20;
// Far above the rank of any tensor here.
constexpr std::size_t max_rank = 64;

constexpr std::array<std::pair<ElementType, std::string_view>, 4> type_names{
    {{ElementType::f32, "f32"}, {ElementType::f64, "f64"}, {ElementType::i64, "i64"}, {ElementType::u8, "u8"}}};

std::size_t chunks_of(std::size_t bytes) {
  return std::max<std::size_t>(1, (bytes + chunk_bytes - 1) / chunk_bytes);
}

/// The number of elements, or nothing if its bytes would not fit the range of a 64-bit file.
std::optional<std::size_t> elements_of(std::span<const std::size_t> shape, ElementType type) {
  std::size_t elements = 1;
  for (const std::size_t size : shape) {
    if (__builtin_mul_overflow(elements, size, &elements)) return std::nullopt;
  }
  std::size_t bytes = 0;
  if (__builtin_mul_overflow(elements, element_size(type), &bytes)) return std::nullopt;
  if (bytes > static_cast<std::size_t>(std::numeric_limits<std::int64_t>::max())) return std::nullopt;
  return elements;
}

std::int64_t checksum_of(std::string_view name, std::int64_t chunk, std::string_view type, std::string_view shape,
                         std::int64_t length, Blob data) {
  Digest digest;
  digest.add(name).add(chunk).add(type).add(shape).add(length).append(data);
  return std::bit_cast<std::int64_t>(digest.value64());
}

std::vector<std::size_t> parse_shape(std::string_view text) {
  const nlohmann::json json = engine::parse_json<nlohmann::json>(text);
  std::vector<std::size_t> shape;
  if (!json.is_array() || json.size() > max_rank) throw std::invalid_argument("not a list of sizes");
  for (const auto& size : json) {
    if (!size.is_number_unsigned()) throw std::invalid_argument("not a list of sizes");
    shape.push_back(size.get<std::size_t>());
  }
  return shape;
}

template <class T>
bool all_finite(Blob data) {
  for (std::size_t at = 0; at + sizeof(T) <= data.size(); at += sizeof(T)) {
    T value;
    std::memcpy(&value, data.data() + at, sizeof(T));
    if (!std::isfinite(value)) return false;
  }
  return true;
}

// Chunks hold whole elements.
bool is_finite(ElementType type, Blob data) {
  if (type == ElementType::f32) return all_finite<float>(data);
  return type != ElementType::f64 || all_finite<double>(data);
}

}  // namespace

std::size_t element_size(ElementType type) {
  switch (type) {
    case ElementType::f32:
      return sizeof(float);
    case ElementType::f64:
      return sizeof(double);
    case ElementType::i64:
      return sizeof(std::int64_t);
    case ElementType::u8:
      return 1;
  }
  throw std::logic_error("unknown element type");
}

std::string_view name_of(ElementType type) {
  for (const auto& [value, name] : type_names) {
    if (value == type) return name;
  }
  throw std::logic_error("unknown element type");
}

void throw_damaged_tensor(const Database& db, const ModelRecord& model, std::string_view tensor,
                          std::string_view problem) {
  throw DamagedError(fmt::format(
      "{}: tensor \"{}\" of model \"{}\" (id {}) is damaged: {}; train the model again, or restore a copy of the file",
      db.path(), tensor, model.name, model.id, problem));
}

namespace {

void require_finite(const TensorToStore& tensor, Blob data) {
  if (is_finite(tensor.type, data)) return;
  throw Error(
      fmt::format("storing tensor \"{}\": it contains a number that is not finite, so training diverged: train "
                  "again with a lower learning_rate or another seed; nothing was stored",
                  tensor.name));
}

// In bytes.
std::size_t length_of(const TensorToStore& tensor) {
  const auto elements = elements_of(tensor.shape, tensor.type);
  const std::size_t length = elements.value_or(0) * element_size(tensor.type);
  if (elements && (tensor.fill || length == tensor.bytes.size()) && tensor.shape.size() <= max_rank) return length;
  throw ShapeError(
      fmt::format("storing tensor \"{}\": {} bytes do not fit shape ({}) of {}; the shape and the "
                  "values belong to different tensors",
                  tensor.name, tensor.bytes.size(), fmt::join(tensor.shape, ", "), name_of(tensor.type)));
}

}  // namespace

void write_tensors(Database& db, std::int64_t model_id, std::span<const TensorToStore> tensors) {
  Statement insert = db.prepare(
      "INSERT INTO model_tensors (model_id, name, chunk, dtype, shape, length, checksum, data)"
      " VALUES (?, ?, ?, ?, ?, ?, ?, ?)");
  std::vector<std::byte> piece;
  for (const TensorToStore& tensor : tensors) {
    const std::size_t bytes = length_of(tensor);
    const std::string shape = fmt::format("[{}]", fmt::join(tensor.shape, ","));
    const auto length = static_cast<std::int64_t>(bytes);
    for (std::size_t chunk = 0; chunk < chunks_of(bytes); ++chunk) {
      const std::size_t begin = chunk * chunk_bytes;
      const std::size_t size = std::min(chunk_bytes, bytes - begin);
      if (tensor.fill) {
        piece.resize(size);
        tensor.fill(begin, piece);
      }
      const Blob data = tensor.fill ? Blob(piece) : tensor.bytes.subspan(begin, size);
      require_finite(tensor, data);
      const auto number = static_cast<std::int64_t>(chunk);
      const std::string_view type = name_of(tensor.type);
      insert.run(model_id, tensor.name, number, type, shape, length,
                 checksum_of(tensor.name, number, type, shape, length, data), data);
    }
  }
}

std::vector<TensorInfo> list_tensors(const Database& db, const ModelRecord& model) {
  std::vector<TensorInfo> tensors;
  // length(data) comes from a row's header: no chunk is read here.
  Statement query = db.prepare(
      "SELECT name, min(dtype), max(dtype), min(shape), max(shape), min(length), max(length), count(*),"
      " count(DISTINCT chunk), min(chunk), max(chunk), sum(length(data)), max(length(data)), length(name)"
      " FROM model_tensors WHERE model_id = ? GROUP BY name ORDER BY min(rowid)");
  query.bind(model.id);
  while (query.step()) {
    const std::string name(query.text(0));
    const auto refuse = [&](std::string_view problem) { throw_damaged_tensor(db, model, name, problem); };
    if (query.text(1) != query.text(2) || query.text(3) != query.text(4) || query.integer(5) != query.integer(6)) {
      refuse("its chunks disagree on type, shape or length");
    }
    TensorInfo tensor{.name = name, .type = ElementType::f32, .shape = {}, .elements = 0};
    const auto type = std::find_if(type_names.begin(), type_names.end(),
                                   [&](const auto& entry) { return entry.second == query.text(1); });
    if (type == type_names.end()) refuse(fmt::format("unknown element type \"{}\"", query.text(1)));
    tensor.type = type->first;
    try {
      tensor.shape = parse_shape(query.text(3));
    } catch (const std::invalid_argument&) {
      refuse(fmt::format("its shape \"{}\" is not a list of sizes", query.text(3)));
    }
    const auto elements = elements_of(tensor.shape, tensor.type);
    const std::int64_t length = query.integer(5);
    if (!elements || length < 0 || *elements * element_size(tensor.type) != static_cast<std::size_t>(length)) {
      refuse(fmt::format("its shape {} of {} does not make {} bytes", query.text(3), query.text(1), length));
    }
    tensor.elements = *elements;
    const auto chunks = static_cast<std::int64_t>(chunks_of(static_cast<std::size_t>(length)));
    if (query.integer(7) != chunks || query.integer(8) != chunks || query.integer(9) != 0 ||
        query.integer(10) != chunks - 1) {
      refuse(fmt::format("{} chunks numbered {} to {} ({} distinct), expected 0 to {}", query.integer(7),
                         query.integer(9), query.integer(10), query.integer(8), chunks - 1));
    }
    if (query.integer(11) != length || query.integer(12) > static_cast<std::int64_t>(chunk_bytes)) {
      refuse(fmt::format("its chunks hold {} bytes, expected {}", query.integer(11), length));
    }
    tensors.push_back(std::move(tensor));
  }
  return tensors;
}

void visit_tensor(const Database& db, const ModelRecord& model, const TensorInfo& tensor,
                  const std::function<void(std::size_t, std::span<const std::byte>)>& use) {
  const std::size_t length = tensor.elements * element_size(tensor.type);
  Statement query = db.prepare(
      "SELECT chunk, dtype, shape, length, checksum, data FROM model_tensors WHERE model_id = ? AND name = ?"
      " ORDER BY chunk");
  query.bind(model.id, tensor.name);
  std::size_t offset = 0;
  while (query.step()) {
    const Blob data = query.blob(5);
    if (query.integer(4) !=
        checksum_of(tensor.name, query.integer(0), query.text(1), query.text(2), query.integer(3), data)) {
      throw_damaged_tensor(db, model, tensor.name,
                           fmt::format("the checksum of chunk {} does not match", query.integer(0)));
    }
    if (data.size() > length - offset)
      throw_damaged_tensor(db, model, tensor.name, "its chunks are longer than its shape");
    if (!is_finite(tensor.type, data))
      throw_damaged_tensor(db, model, tensor.name, "it contains a number that is not finite");
    use(offset, data);
    offset += data.size();
  }
  if (offset != length) throw_damaged_tensor(db, model, tensor.name, "its chunks are shorter than its shape");
}

void verify_tensor(const Database& db, const ModelRecord& model, const TensorInfo& tensor) {
  visit_tensor(db, model, tensor, [](std::size_t, std::span<const std::byte>) {});
}

}  // namespace infodiet::recsys
