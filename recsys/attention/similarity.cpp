#include "recsys/attention/similarity.hpp"

#include <fmt/format.h>

#include <limits>

#include "engine/errors.hpp"
#include "engine/gemm.hpp"
#include "engine/layers/l2_normalise.hpp"

namespace infodiet::recsys {

std::vector<ScoredItem> similar_items(const AttentionModel& model, ItemIndex item, std::size_t k,
                                      std::span<const std::uint8_t> mask) {
  const engine::Matrix<float>& items = model.weights().items;
  if (item >= items.shape(0)) {
    throw ShapeError(fmt::format("similar_items: item index {} is not in a catalogue of {}", item, items.shape(0)));
  }
  engine::Matrix<float> directions;
  engine::L2Normalise<float>::Cache unused;
  engine::L2Normalise<float>().forward(items, unused, directions);
  const engine::MatrixSpan<const float> all = directions;
  std::vector<float> cosines(all.rows);
  engine::gemm<float>(engine::plain<float>(all.rows_from(item, 1)), engine::transposed<float>(all),
                      engine::MatrixSpan<float>(cosines.data(), 1, cosines.size()));
  constexpr float left_out = -std::numeric_limits<float>::infinity();
  for (std::size_t other = 0; other < cosines.size(); ++other) {
    if (!model.trained(static_cast<ItemIndex>(other))) cosines[other] = left_out;
  }
  BestItems best;
  const std::span<const ScoredItem> list = top_k(cosines, {.excluded = {&item, 1}, .mask = mask}, k, best);
  return {list.begin(), list.end()};
}

}  // namespace infodiet::recsys
