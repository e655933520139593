#include "recsys/store/item_vectors.hpp"

#include <fmt/format.h>

#include <cmath>
#include <cstdint>
#include <cstring>
#include <vector>

#include "recsys/errors.hpp"

namespace infodiet::recsys {

namespace {

using Floats = engine::Matrix<float>;

[[noreturn]] void throw_damaged(const Database& db, const char* what) {
  throw DamagedError(fmt::format(
      "{}: the imported vectors {}: import them again with --again, or restore a copy of the file", db.path(), what));
}

// (V, D) as stored; `has` says of which items.
Floats load_stored(const Database& db, std::size_t dimensions, std::vector<bool>& has) {
  Statement size = db.prepare("SELECT count(*) FROM items");
  size.step();
  Floats vectors;
  vectors.resize({static_cast<std::size_t>(size.integer(0)), dimensions});
  std::fill(vectors.begin(), vectors.end(), 0.0F);
  has.assign(vectors.shape(0), false);
  std::size_t item = 0;
  Statement query = db.prepare(
      "SELECT vector FROM items LEFT JOIN item_vectors ON item_vectors.item_id = items.id ORDER BY items.id");
  for (; query.step(); ++item) {
    if (query.is_null(0)) continue;
    const Blob vector = query.blob(0);
    if (vector.size() != dimensions * sizeof(float)) throw_damaged(db, "differ in length");
    std::memcpy(&vectors(item, 0), vector.data(), vector.size());
    for (std::size_t d = 0; d < dimensions; ++d) {
      if (!std::isfinite(vectors(item, d))) throw_damaged(db, "hold a number that is not finite");
    }
    has[item] = true;
  }
  return vectors;
}

// Centres dimensions and scales them to variance 1.
void standardise(Floats& vectors, const std::vector<bool>& has) {
  // Of numbers that are equal but for rounding.
  constexpr double no_deviation = 1e-6;
  const std::size_t dimensions = vectors.shape(1);
  std::vector<double> mean(dimensions, 0);
  std::vector<double> variance(dimensions, 0);
  double count = 0;
  const auto for_each = [&](const auto& work) {
    for (std::size_t item = 0; item < has.size(); ++item) {
      if (!has[item]) continue;
      for (std::size_t d = 0; d < dimensions; ++d) work(vectors(item, d), d);
    }
  };
  for (const bool one : has) count += one ? 1 : 0;
  for_each([&](float value, std::size_t d) { mean[d] += value / count; });
  for_each([&](float value, std::size_t d) { variance[d] += (value - mean[d]) * (value - mean[d]) / count; });
  for_each([&](float& value, std::size_t d) {
    const double deviation = std::sqrt(variance[d]);
    const bool varies = deviation > no_deviation * std::abs(mean[d]);
    value = varies ? static_cast<float>((value - mean[d]) / deviation) : 0.0F;
  });
}

void scale_rows(Floats& vectors) {
  for (std::size_t item = 0; item < vectors.shape(0); ++item) {
    double squares = 0;
    for (std::size_t d = 0; d < vectors.shape(1); ++d) squares += vectors(item, d) * vectors(item, d);
    if (squares == 0) continue;
    const auto scale = static_cast<float>(1 / std::sqrt(squares));
    for (std::size_t d = 0; d < vectors.shape(1); ++d) vectors(item, d) *= scale;
  }
}

}  // namespace

std::optional<std::size_t> item_vector_dimensions(const Database& db) {
  Statement query = db.prepare("SELECT length(vector) FROM item_vectors LIMIT 1");
  if (!query.step()) return std::nullopt;
  const auto bytes = static_cast<std::size_t>(query.integer(0));
  if (bytes == 0 || bytes % sizeof(float) != 0) throw_damaged(db, "are no rows of float32");
  return bytes / sizeof(float);
}

Floats load_item_vectors(const Database& db) {
  const std::optional<std::size_t> dimensions = item_vector_dimensions(db);
  if (!dimensions) return {};
  std::vector<bool> has;
  Floats vectors = load_stored(db, *dimensions, has);
  standardise(vectors, has);
  scale_rows(vectors);
  return vectors;
}

}  // namespace infodiet::recsys
