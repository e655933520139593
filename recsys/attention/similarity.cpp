#include "recsys/attention/similarity.hpp"

#include <fmt/format.h>

#include <limits>

#include "engine/errors.hpp"
#include "engine/gemm.hpp"
#include "recsys/ranking/item_vectors.hpp"

namespace infodiet::recsys {

std::vector<ScoredItem> similar_items(const AttentionModel& model, ItemIndex item, std::size_t k,
                                      std::span<const std::uint8_t> mask) {
  const engine::Matrix<float>& items = model.weights().items;
  if (item >= items.shape(0)) {
    throw ShapeError(fmt::format("similar_items: item index {} is not in a catalogue of {}", item, items.shape(0)));
  }
  const ItemVectors directions = ItemVectors::of_length_one(items);
  engine::Matrix<float> own;
  engine::Matrix<float> others;
  std::vector<float> cosines(directions.size());
  const engine::MatrixSpan<const float> direction = directions.rows(item, 1, own);
  for (std::size_t begin = 0; begin < directions.size(); begin += directions.tile()) {
    const std::size_t count = std::min(directions.tile(), directions.size() - begin);
    engine::gemm<float>(engine::plain<float>(direction),
                        engine::transposed<float>(directions.rows(begin, count, others)),
                        engine::MatrixSpan<float>(cosines.data() + begin, 1, count));
  }
  constexpr float left_out = -std::numeric_limits<float>::infinity();
  for (std::size_t other = 0; other < cosines.size(); ++other) {
    if (!model.trained(static_cast<ItemIndex>(other))) cosines[other] = left_out;
  }
  TopK best;
  const std::span<const ScoredItem> list = top_k(cosines, {.excluded = {&item, 1}, .mask = mask}, k, best);
  return {list.begin(), list.end()};
}

}  // namespace infodiet::recsys
