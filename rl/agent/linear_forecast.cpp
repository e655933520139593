#include "rl/agent/linear_forecast.hpp"

#include <utility>

#include "engine/gemm.hpp"
#include "engine/inverse.hpp"
#include "engine/shape.hpp"
#include "engine/tensor.hpp"

namespace infodiet::rl {

namespace {

/// Rows by whose mean product the ridge is as large.
constexpr double ridge = 30;

/// Mean square of a term that has not been used for so long that hardly anything of it is kept.
constexpr double forgotten = 1e-100;

/// Columns that are not 0 in every row: most environments lack some attributes.
std::vector<std::size_t> columns_in_use(engine::MatrixSpan<const float> terms) {
  std::vector<std::size_t> used;
  for (std::size_t i = 0; i < terms.cols; ++i) {
    std::size_t r = 0;
    while (r < terms.rows && terms.row(r)[i] == 0) ++r;
    if (r < terms.rows) used.push_back(i);
  }
  return used;
}

}  // namespace

LinearForecast::LinearForecast(std::size_t terms, double kept)
    : kept_(kept), products_((terms + 1) * (terms + 1)), weights_(terms) {}

void LinearForecast::restore(std::vector<double> products) {
  engine::require_size(products.size(), products_.size(), "linear forecast", "the number of products",
                       "are they of other terms?");
  products_ = std::move(products);
  fit();
}

void LinearForecast::learn(engine::MatrixSpan<const float> terms, std::span<const double> seen) {
  std::vector<std::size_t> used = columns_in_use(terms);
  engine::Matrix<double> rows({terms.rows, used.size() + 1});
  for (std::size_t r = 0; r < terms.rows; ++r) {
    double* row = &rows(r, 0);
    for (const std::size_t i : used) *row++ = static_cast<double>(terms.row(r)[i]);
    *row = seen[r];
  }
  used.push_back(terms.cols);
  engine::Matrix<double> sums({used.size(), used.size()});
  engine::gemm<double>(engine::transposed<double>(rows), engine::plain<double>(rows), sums);
  for (double& product : products_) product *= kept_;
  for (std::size_t i = 0; i < used.size(); ++i) {
    for (std::size_t j = 0; j < used.size(); ++j) products_[used[i] * (terms.cols + 1) + used[j]] += sums(i, j);
  }
  fit();
}

void LinearForecast::fit() {
  const engine::MatrixSpan<const double> sums(products_.data(), terms() + 1, terms() + 1);
  const double rows = sums.row(0)[0];
  std::vector<std::size_t> used;
  for (std::size_t i = 0; i < terms(); ++i) {
    if (sums.row(i)[i] > forgotten * rows) used.push_back(i);
  }
  engine::Matrix<double> inverse({used.size(), used.size()});
  for (std::size_t i = 0; i < used.size(); ++i) {
    for (std::size_t j = 0; j < used.size(); ++j) inverse(i, j) = sums.row(used[i])[used[j]];
    inverse(i, i) *= 1 + ridge / rows;
  }
  engine::invert_symmetric(inverse);
  for (std::size_t i = 0; i < used.size(); ++i) {
    double weight = 0;
    for (std::size_t j = 0; j < used.size(); ++j) weight += inverse(i, j) * sums.row(used[j])[terms()];
    weights_[used[i]] = weight;
  }
}

void LinearForecast::expect(engine::MatrixSpan<const float> terms, std::span<double> expected) const {
  for (std::size_t r = 0; r < terms.rows; ++r) {
    double sum = 0;
    for (std::size_t i = 0; i < terms.cols; ++i) sum += weights_[i] * static_cast<double>(terms.row(r)[i]);
    expected[r] = sum;
  }
}

}  // namespace infodiet::rl
