#include "rl/environments/catalogue_people.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "engine/errors.hpp"
#include "recsys/errors.hpp"
#include "recsys/ranking/top_k.hpp"
#include "rl/diet/items.hpp"
#include "rl/environments/catalogue.hpp"

namespace infodiet::rl {

namespace {

std::vector<recsys::ScoredItem> offers_for(std::span<const float> scores, const recsys::History& history,
                                           std::size_t count) {
  std::vector<recsys::ScoredItem> offers = recsys::top_k(scores, history.items, count);
  if (offers.size() == count) return offers;
  std::vector<recsys::ItemIndex> offered;
  offered.reserve(offers.size());
  for (const recsys::ScoredItem& offer : offers) offered.push_back(offer.item);
  const std::vector<recsys::ScoredItem> seen = recsys::top_k(scores, offered, count - offers.size());
  offers.insert(offers.end(), seen.begin(), seen.end());
  return offers;
}

/// Shifts scores to the logarithm of each item's probability over the uniform one; order and differences remain. A
/// model's scores are log-probabilities up to a constant.
void relate_to_chance(std::span<float> scores) {
  const double highest = static_cast<double>(*std::max_element(scores.begin(), scores.end()));
  double sum = 0;
  for (const float score : scores) sum += std::exp(static_cast<double>(score) - highest);
  const double even = highest + std::log(sum / static_cast<double>(scores.size()));
  for (float& score : scores) score = static_cast<float>(static_cast<double>(score) - even);
}

}  // namespace

std::vector<double> interest_of(std::span<const recsys::ItemIndex> items, const Catalogue& catalogue) {
  std::vector<Candidate> taken;
  for (const recsys::ItemIndex item : items) taken.push_back(catalogue[item]);
  const std::vector<double> even(catalogue.topics(), 1 / static_cast<double>(catalogue.topics()));
  return topic_shares(taken, catalogue.topics()).value_or(even);
}

double usual_attention(const Catalogue& catalogue, const CatalogueOptions& options) {
  double engagement = 0;
  for (const Candidate& item : catalogue.all()) engagement += engagement_of(item);
  return options.attention * static_cast<double>(options.steps) * engagement / static_cast<double>(catalogue.size());
}

std::vector<Person> people_of(const recsys::Dataset& data, const Catalogue& catalogue,
                              const recsys::Recommender& recommender, std::size_t offers) {
  const std::size_t items = catalogue.size();
  if (data.catalogue_size() != items || recommender.catalogue_size() != items) {
    throw ShapeError(fmt::format(
        "people_of: {} items in the data, {} in the catalogue, {} known to the recommender: expected the same items",
        data.catalogue_size(), items, recommender.catalogue_size()));
  }
  if (items < offers) {
    throw recsys::DataError(
        fmt::format("catalogue: there are {} items, and a session needs {}: lower candidates or steps", items, offers));
  }
  constexpr std::size_t batch = 64;
  std::vector<Person> people;
  std::vector<recsys::History> histories;
  std::vector<float> scores;
  for (std::size_t begin = 0; begin < data.users(); begin += batch) {
    const std::size_t count = std::min(batch, data.users() - begin);
    histories.clear();
    for (std::size_t i = 0; i < count; ++i) histories.push_back(data.history(begin + i));
    scores.resize(count * items);
    recommender.score(histories, {scores.data(), count, items});
    for (std::size_t i = 0; i < count; ++i) {
      const std::span<float> row = std::span(scores).subspan(i * items, items);
      relate_to_chance(row);
      people.push_back({interest_of(histories[i].items, catalogue), offers_for(row, histories[i], offers)});
    }
  }
  return people;
}

}  // namespace infodiet::rl
