#include "recsys/store/load_dataset.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <limits>
#include <numeric>

#include "recsys/errors.hpp"
#include "recsys/store/data_extent.hpp"
#include "recsys/store/digest.hpp"
#include "recsys/store/forget.hpp"

namespace infodiet::recsys {
namespace {

std::vector<std::int64_t> ids_of(const Database& db, const char* sql) {
  std::vector<std::int64_t> ids;
  for (Statement query = db.prepare(sql); query.step();) ids.push_back(query.integer(0));
  return ids;
}

// Finds the index of an id; ids are usually 1, 2, 3, ..., so the first guess is nearly always right.
class Positions {
 public:
  Positions(const std::vector<std::int64_t>& ids, const Database& db) : ids_(&ids), db_(&db) {}
  std::size_t of(std::int64_t id) const {
    const auto guess = static_cast<std::size_t>(id) - 1;
    if (guess < ids_->size() && (*ids_)[guess] == id) return guess;
    const auto found = std::lower_bound(ids_->begin(), ids_->end(), id);
    if (found == ids_->end() || *found != id) {
      throw DamagedError(
          fmt::format("{}: an interaction names the internal id {}, which does not exist; run "
                      "`infodiet doctor`",
                      db_->path(), id));
    }
    return static_cast<std::size_t>(found - ids_->begin());
  }

 private:
  const std::vector<std::int64_t>* ids_;
  const Database* db_;
};

constexpr double no_rating = std::numeric_limits<double>::quiet_NaN();
constexpr std::int64_t unknown_time = std::numeric_limits<std::int64_t>::min();

// Fills Dataset::low by the rating of each interaction.
void mark_low(std::span<const double> ratings, const Liking& liking, Dataset& dataset) {
  std::vector<std::uint8_t> low(ratings.size(), 0);
  bool any_low = false;
  for (std::size_t user = 0; user < dataset.users(); ++user) {
    const std::size_t begin = dataset.offsets[user];
    const std::vector<std::uint8_t> own =
        low_by_rating(liking, ratings.subspan(begin, dataset.offsets[user + 1] - begin));
    std::copy(own.begin(), own.end(), low.begin() + static_cast<std::ptrdiff_t>(begin));
    any_low = any_low || !own.empty();
  }
  if (any_low) dataset.low = std::move(low);
}

// Which interactions to load, the event to mark, and what counts as low.
struct Wanted {
  std::string condition = "TRUE";
  std::optional<std::string> event = {};
  Liking liking = {};
};

// Fills the histories of dataset.user_ids.
void load_histories(const Database& db, const Wanted& wanted, Dataset& dataset) {
  const Positions user_positions(dataset.user_ids, db);
  const Positions item_positions(dataset.item_ids, db);

  struct Event {
    std::int64_t time;
    std::int32_t nanoseconds;
    ItemIndex item;
    float weight;
    double rating;  // NaN if there is none
    std::uint8_t is_of_event;
    bool operator<(const Event& other) const {
      return time != other.time ? time < other.time : nanoseconds < other.nanoseconds;
    }
  };
  std::vector<Event> events;
  dataset.offsets.assign(dataset.user_ids.size() + 1, 0);
  bool all_timed = true;
  bool any_weighed = false;
  bool any_rated = false;
  bool any_nanoseconds = false;
  Statement query = db.prepare(fmt::format(
      "SELECT user_id, item_id, time, nanoseconds, weight, rating, event IS ? FROM interactions WHERE {} ORDER BY "
      "user_id, sequence",
      wanted.condition));
  query.bind(wanted.event.value_or(""));
  while (query.step()) {
    const std::optional<std::int64_t> time = query.optional_integer(2);
    all_timed = all_timed && time.has_value();
    events.push_back({.time = time.value_or(unknown_time),
                      .nanoseconds = static_cast<std::int32_t>(query.integer(3)),
                      .item = static_cast<ItemIndex>(item_positions.of(query.integer(1))),
                      .weight = query.is_null(4) ? 1.0F : static_cast<float>(query.real(4)),
                      .rating = query.is_null(5) ? no_rating : query.real(5),
                      .is_of_event = static_cast<std::uint8_t>(query.integer(6))});
    any_rated = any_rated || !query.is_null(5);
    any_weighed = any_weighed || events.back().weight != 1;
    any_nanoseconds = any_nanoseconds || events.back().nanoseconds != 0;
    ++dataset.offsets[user_positions.of(query.integer(0)) + 1];
  }
  std::partial_sum(dataset.offsets.begin(), dataset.offsets.end(), dataset.offsets.begin());
  for (std::size_t user = 0; user < dataset.users(); ++user) {
    std::stable_sort(events.begin() + static_cast<std::ptrdiff_t>(dataset.offsets[user]),
                     events.begin() + static_cast<std::ptrdiff_t>(dataset.offsets[user + 1]));
  }
  const auto copy_to = [&](auto& column, auto member) {
    column.reserve(events.size());
    for (const Event& event : events) column.push_back(event.*member);
  };
  copy_to(dataset.items, &Event::item);
  if (all_timed) copy_to(dataset.times, &Event::time);
  if (all_timed && any_nanoseconds) copy_to(dataset.nanoseconds, &Event::nanoseconds);
  if (any_weighed) copy_to(dataset.weights, &Event::weight);
  if (wanted.event) copy_to(dataset.are_of_event, &Event::is_of_event);
  if (!any_rated) return;
  std::vector<double> ratings;
  copy_to(ratings, &Event::rating);
  mark_low(ratings, wanted.liking, dataset);
}

Dataset load_where(const Database& db, const Wanted& wanted) {
  const Snapshot snapshot(db);
  Dataset dataset;
  dataset.forgets = count_forgets(db);
  dataset.user_ids = ids_of(db, "SELECT id FROM users ORDER BY id");
  dataset.item_ids = ids_of(db, "SELECT id FROM items ORDER BY id");
  load_histories(db, wanted, dataset);
  return dataset;
}

// The SQL condition for interactions within the extent.
std::string within(const DataExtent& extent) {
  const std::string timed = extent.latest ? fmt::format("time <= {}", *extent.latest) : "FALSE";
  return fmt::format("CASE WHEN import_id IS NULL THEN time IS NULL OR {} ELSE import_id <= {} END", timed,
                     extent.last_import);
}

}  // namespace

Dataset load_dataset(const Database& db, const Liking& liking) {
  return load_where(db, {.liking = liking});
}

Dataset load_dataset_marking(const Database& db, const std::string& event, const Liking& liking) {
  return load_where(db, {.event = event, .liking = liking});
}

Dataset load_dataset_up_to(const Database& db, const DataExtent& extent) {
  return load_where(db, {.condition = within(extent)});
}

Dataset load_dataset_since(const Database& db, const DataExtent& extent, const std::optional<std::string>& event) {
  return load_where(db, {.condition = fmt::format("NOT ({})", within(extent)), .event = event});
}

Dataset load_user(const Database& db, std::int64_t user_id, const Liking& liking) {
  const Snapshot snapshot(db);
  Dataset dataset;
  dataset.user_ids = {user_id};
  dataset.item_ids = ids_of(db, "SELECT id FROM items ORDER BY id");
  load_histories(db, {.condition = fmt::format("user_id = {}", user_id), .liking = liking}, dataset);
  return dataset;
}

Dataset load_catalogue(const Database& db) {
  Dataset dataset;
  // No user has this id, so the history is empty.
  dataset.user_ids = {0};
  dataset.offsets = {0, 0};
  dataset.item_ids = ids_of(db, "SELECT id FROM items ORDER BY id");
  return dataset;
}

std::string data_fingerprint(const Dataset& dataset) {
  Digest digest;
  digest.add(std::span<const std::size_t>(dataset.offsets));
  digest.add(std::span<const ItemIndex>(dataset.items));
  digest.add(std::span<const std::int64_t>(dataset.times));
  if (!dataset.weights.empty()) digest.add(std::span<const float>(dataset.weights));
  digest.add(std::span<const std::int64_t>(dataset.user_ids));
  digest.add(std::span<const std::int64_t>(dataset.item_ids));
  return digest.hex();
}

}  // namespace infodiet::recsys
