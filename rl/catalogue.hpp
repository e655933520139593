// The items of a data set as diets and simulations use them: topics and attributes, which may be unknown. Titles and
// keys are in recsys/store.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "recsys/data/dataset.hpp"
#include "recsys/data/known_values.hpp"
#include "rl/environment.hpp"

namespace infodiet::rl {

/// The attributes of an item. Unknown is null, never 0.
struct ItemAttributes {
  std::vector<Topic> topics{};         ///< distinct
  std::optional<double> quality{};     ///< in [-1, 1]
  std::optional<double> clickbait{};   ///< in [0, 1]
  std::optional<double> minutes{};     ///< above 0
  std::optional<double> popularity{};  ///< share of all interactions, in (0, 1]
};

/// Immutable once made; item i is item i of the data set. It must outlive its candidates, which refer to its topics.
class Catalogue {
 public:
  /// Without items.
  explicit Catalogue(std::size_t topics) : topics_(topics) {}
  /// With these items. Throws as add.
  Catalogue(std::span<const ItemAttributes> items, std::size_t topics);
  /// Appends an item; only before candidates exist. Throws DataError, naming item and attribute, for values out of
  /// range and topics not below topics().
  void add(const ItemAttributes& item);

  Catalogue(const Catalogue&) = delete;
  Catalogue& operator=(const Catalogue&) = delete;
  Catalogue(Catalogue&&) = default;
  Catalogue& operator=(Catalogue&&) = default;

  /// V.
  std::size_t size() const { return offsets_.size() - 1; }
  std::size_t topics() const { return topics_; }
  /// The item as a candidate with score 0.
  Candidate operator[](recsys::ItemIndex item) const;
  /// All items as candidates; takes several times the memory of the catalogue.
  std::vector<Candidate> all() const;

 private:
  std::size_t topics_;
  recsys::KnownValues quality_;
  recsys::KnownValues clickbait_;
  recsys::KnownValues minutes_;
  recsys::KnownValues popularity_;
  std::vector<std::uint32_t> offsets_{0};  // (V + 1)
  std::vector<Topic> item_topics_;         // of all items, end to end
};

/// A scale of ratings, and the number of mean ratings added to each item.
struct RatingScale {
  double low;
  double high;
  double mean;
  double prior_ratings = 10;
};
/// Quality in [-1, 1] of an item with `count` ratings that add to `sum`: the smoothed mean rating (sum + prior_ratings
/// mean) / (count + prior_ratings), moved from [low, high] to [-1, 1]. Null without ratings. Throws DataError if the
/// scale is empty or the mean rating is not on it.
std::optional<double> quality_from_ratings(double sum, std::size_t count, const RatingScale& scale);

}  // namespace infodiet::rl
