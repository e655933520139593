#include "engine/losses/assignment.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "engine/errors.hpp"
#include "engine/shape.hpp"

namespace infodiet::engine {

namespace {

constexpr std::size_t none = std::numeric_limits<std::size_t>::max();

/// Rows are added one by one, each along the shortest path of reduced costs to a column that is free.
class Matching {
 public:
  explicit Matching(const Matrix<double>& cost)
      : cost_(cost), row_price_(cost.shape(0)), column_price_(cost.shape(1)), row_of_(cost.shape(1), none) {}

  void add(std::size_t row) {
    const std::size_t columns = cost_.shape(1);
    std::vector<double> shortest(columns, std::numeric_limits<double>::infinity());
    std::vector<std::size_t> before(columns, none);  // the column before on the path, or none at its start
    std::vector<bool> reached(columns, false);
    std::size_t last = none;
    double length = 0;
    for (std::size_t from = row;;) {
      std::size_t nearest = none;
      for (std::size_t c = 0; c < columns; ++c) {
        if (reached[c]) continue;
        const double next = length + cost_(from, c) - row_price_[from] - column_price_[c];
        if (next < shortest[c]) {
          shortest[c] = next;
          before[c] = last;
        }
        if (nearest == none || shortest[c] < shortest[nearest]) nearest = c;
      }
      length = shortest[nearest];
      reached[nearest] = true;
      last = nearest;
      if (row_of_[nearest] == none) break;
      from = row_of_[nearest];
    }
    row_price_[row] += length;
    for (std::size_t c = 0; c < columns; ++c) {
      if (!reached[c]) continue;
      if (row_of_[c] != none) row_price_[row_of_[c]] += length - shortest[c];
      column_price_[c] -= length - shortest[c];
    }
    for (; before[last] != none; last = before[last]) row_of_[last] = row_of_[before[last]];
    row_of_[last] = row;
  }

  std::vector<std::size_t> columns() const {
    std::vector<std::size_t> column_of(cost_.shape(0));
    for (std::size_t c = 0; c < row_of_.size(); ++c) {
      if (row_of_[c] != none) column_of[row_of_[c]] = c;
    }
    return column_of;
  }

 private:
  const Matrix<double>& cost_;
  std::vector<double> row_price_;
  std::vector<double> column_price_;
  std::vector<std::size_t> row_of_;  // of each column, or none
};

}  // namespace

std::vector<std::size_t> assign(const Matrix<double>& cost) {
  require_size(cost.shape(1), std::max(cost.shape(0), cost.shape(1)), "assign", "the number of columns",
               "every row needs one of its own");
  if (!std::all_of(cost.begin(), cost.end(), [](double value) { return std::isfinite(value); })) {
    throw Error("assign: a cost is not a finite number");
  }
  Matching matching(cost);
  for (std::size_t row = 0; row < cost.shape(0); ++row) matching.add(row);
  return matching.columns();
}

}  // namespace infodiet::engine
