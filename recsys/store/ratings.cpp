#include "recsys/store/ratings.hpp"

#include <algorithm>

namespace infodiet::recsys {

RatingTotals rating_totals(const Database& db) {
  RatingTotals totals;
  Statement query = db.prepare(
      "SELECT total(rating), count(rating), min(rating), max(rating) FROM items LEFT JOIN interactions ON item_id = "
      "items.id GROUP BY items.id ORDER BY items.id");
  double sum = 0;
  std::size_t ratings = 0;
  while (query.step()) {
    totals.sum.push_back(query.real(0));
    totals.count.push_back(static_cast<std::size_t>(query.integer(1)));
    if (totals.count.back() == 0) continue;
    totals.low = ratings == 0 ? query.real(2) : std::min(totals.low, query.real(2));
    totals.high = ratings == 0 ? query.real(3) : std::max(totals.high, query.real(3));
    sum += totals.sum.back();
    ratings += totals.count.back();
  }
  if (ratings > 0) totals.mean = sum / static_cast<double>(ratings);
  return totals;
}

}  // namespace infodiet::recsys
