#include "recsys/store/ratings.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstdint>

#include "recsys/errors.hpp"

namespace infodiet::recsys {

RatingTotals rating_totals(const Database& db) {
  const Snapshot snapshot(db);
  RatingTotals totals;
  std::vector<std::int64_t> ids;
  Statement items = db.prepare("SELECT id FROM items ORDER BY id");
  while (items.step()) ids.push_back(items.integer(0));
  totals.sum.resize(ids.size());
  totals.count.resize(ids.size());
  // One pass over the interactions in table order: the plus signs avoid the index by item, which would look up each of
  // them.
  Statement query = db.prepare(
      "SELECT item_id, sum(rating), count(*), min(rating), max(rating) FROM interactions WHERE rating IS NOT NULL "
      "GROUP BY +item_id ORDER BY +item_id");
  double sum = 0;
  std::size_t ratings = 0;
  while (query.step()) {
    const auto found = std::lower_bound(ids.begin(), ids.end(), query.integer(0));
    if (found == ids.end() || *found != query.integer(0)) {
      throw DamagedError(
          fmt::format("{}: a rating names the internal item id {}, which does not exist; run `infodiet "
                      "doctor`",
                      db.path(), query.integer(0)));
    }
    const auto item = static_cast<std::size_t>(found - ids.begin());
    totals.sum[item] = query.real(1);
    totals.count[item] = static_cast<std::size_t>(query.integer(2));
    totals.low = ratings == 0 ? query.real(3) : std::min(totals.low, query.real(3));
    totals.high = ratings == 0 ? query.real(4) : std::max(totals.high, query.real(4));
    sum += totals.sum[item];
    ratings += totals.count[item];
  }
  if (ratings > 0) totals.mean = sum / static_cast<double>(ratings);
  return totals;
}

RatedCounts count_rated(const Database& db, const Liking& liking) {
  RatedCounts counts{.liking = liking};
  std::int64_t user = 0;
  std::vector<double> own;
  const auto count_own = [&] {
    const std::vector<std::uint8_t> low = low_by_rating(liking, own);
    counts.rated += static_cast<std::int64_t>(own.size());
    counts.low += std::count(low.begin(), low.end(), 1);
    own.clear();
  };
  Statement query =
      db.prepare("SELECT user_id, rating FROM interactions WHERE rating IS NOT NULL ORDER BY user_id, sequence");
  while (query.step()) {
    if (query.integer(0) != user) count_own();
    user = query.integer(0);
    own.push_back(query.real(1));
  }
  count_own();
  return counts;
}

}  // namespace infodiet::recsys
