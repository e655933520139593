#include "recsys/ranking/item_scores.hpp"

#include <algorithm>

#include "engine/gemm.hpp"
#include "engine/matrix_ops.hpp"

namespace infodiet::recsys {

namespace {

// Up to this many items, a transposed copy of their vectors is kept: for few queries, packing a transposed factor would
// cost more than the product.
constexpr std::size_t worth_turning = 8192;

}  // namespace

ItemScores::ItemScores(const ItemVectors& items, std::size_t catalogue, const engine::Share& share)
    : items_(items), catalogue_(catalogue), first_(share.of_size(catalogue).begin) {
  if (catalogue > worth_turning || items.size() == 0) return;
  engine::Matrix<float> rows;
  engine::transpose<float>(items.rows(0, items.size(), rows), columns_);
}

void ItemScores::score(std::size_t eighth, engine::MatrixSpan<const float> queries, engine::MatrixSpan<float> scores,
                       engine::Matrix<float>& tile) const {
  const engine::Range all = engine::part_of(catalogue_, 8, eighth);
  const std::size_t end = all.end - first_;
  const std::size_t step = catalogue_ > worth_turning ? items_.tile() : end;
  for (std::size_t begin = all.begin - first_; begin < end; begin += step) {
    const std::size_t count = std::min(step, end - begin);
    const engine::MatrixSpan<float> to = scores.cols_from(begin, count);
    if (catalogue_ > worth_turning) {
      engine::gemm<float>(engine::plain<float>(queries), engine::transposed<float>(items_.rows(begin, count, tile)),
                          to);
    } else {
      const engine::MatrixSpan<const float> columns(columns_);
      engine::gemm<float>(engine::plain<float>(queries), engine::plain<float>(columns.cols_from(begin, count)), to);
    }
  }
}

}  // namespace infodiet::recsys
