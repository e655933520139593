#include "recsys/attention/similarity.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <limits>

#include "engine/errors.hpp"
#include "engine/gemm.hpp"
#include "recsys/ranking/item_vectors.hpp"

namespace infodiet::recsys {

namespace {

// Adds the cosines (V) with one item.
void add_cosines(const AttentionModel& model, ItemIndex item, std::span<float> cosines) {
  const ItemVectors directions = ItemVectors::of_length_one(model.weights().items);
  engine::Matrix<float> own;
  engine::Matrix<float> others;
  engine::Matrix<float> products;
  const engine::MatrixSpan<const float> direction = directions.rows(item, 1, own);
  for (std::size_t begin = 0; begin < directions.size(); begin += directions.tile()) {
    const std::size_t count = std::min(directions.tile(), directions.size() - begin);
    products.resize({1, count});
    engine::gemm<float>(engine::plain<float>(direction),
                        engine::transposed<float>(directions.rows(begin, count, others)),
                        engine::MatrixSpan<float>(products));
    for (std::size_t i = 0; i < count; ++i) cosines[begin + i] += products(0, i);
  }
}

}  // namespace

std::vector<ScoredItem> similar_items(const BlendedModel& model, ItemIndex item, std::size_t k,
                                      std::span<const std::uint8_t> mask) {
  const AttentionModel& first = model.attention();
  if (item >= model.catalogue_size()) {
    throw ShapeError(
        fmt::format("similar_items: item index {} is not in a catalogue of {}", item, model.catalogue_size()));
  }
  std::vector<float> cosines(model.catalogue_size(), 0.0F);
  for (const auto& member : model.members()) add_cosines(*member, item, cosines);
  for (float& cosine : cosines) cosine /= static_cast<float>(model.members().size());
  constexpr float left_out = -std::numeric_limits<float>::infinity();
  for (std::size_t other = 0; other < cosines.size(); ++other) {
    if (!first.trained(static_cast<ItemIndex>(other))) cosines[other] = left_out;
  }
  TopK best;
  const std::span<const ScoredItem> list = top_k(cosines, {.excluded = {&item, 1}, .mask = mask}, k, best);
  return {list.begin(), list.end()};
}

}  // namespace infodiet::recsys
