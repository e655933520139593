#include "rl/answers/view.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "recsys/attention/model_file.hpp"
#include "recsys/baselines/baselines.hpp"
#include "recsys/errors.hpp"
#include "recsys/store/forget.hpp"
#include "recsys/store/load_dataset.hpp"
#include "recsys/store/lookup.hpp"
#include "recsys/store/model_names.hpp"
#include "recsys/store/model_repeats.hpp"
#include "recsys/store/model_store.hpp"
#include "recsys/store/ratings.hpp"
#include "rl/agent/model_file.hpp"
#include "rl/environments/catalogue.hpp"

namespace infodiet::rl {

namespace {

recsys::DataError unknown_item(const std::string& where, const std::string& key, const std::string& path,
                               const recsys::ItemTable& items) {
  std::vector<std::string> keys;
  for (std::size_t i = 0; i < items.size(); ++i) keys.emplace_back(items.key(i));
  recsys::DataError error = recsys::unknown_id(where, "item", key, path, keys);
  if (std::string_view(error.what()).ends_with('?')) return error;
  return recsys::DataError(fmt::format("{}; 'infodiet find' searches items by words of their titles", error.what()));
}

// The result of `find`, with `where` before its errors.
template <class Find>
auto asked_by(const std::string& where, Find&& find) {
  try {
    return find();
  } catch (const recsys::DataError& error) {
    throw recsys::DataError(fmt::format("{}: {}", where, error.what()));
  }
}

void take(Profile& profile, const recsys::Dataset& data, std::size_t user) {
  const recsys::History history = data.history(user);
  const std::span<const std::uint8_t> low = data.low_of(user);
  profile.stored = true;
  profile.low.assign(low.begin(), low.end());
  profile.items.assign(history.items.begin(), history.items.end());
  profile.times.assign(history.times.begin(), history.times.end());
}

}  // namespace

template <class Read>
auto View::read(Read&& read) const {
  const std::lock_guard lock(reading_);
  return read(*db_);
}

View::View(const recsys::Database& db, Loading loading, std::optional<std::int64_t> model_id,
           std::optional<recsys::Liking> liked, std::size_t state_bytes, const View* before)
    : path_(db.path()),
      loading_(loading),
      model_id_(model_id),
      liked_(liked),
      state_bytes_(state_bytes),
      before_(before),
      db_(&db),
      snapshot_(db) {
  if (loading == Loading::as_needed) return;
  item_numbers();
  user_numbers();
  histories();
  ratings();
  model();
  popularity();
  try {
    agent();
  } catch (const recsys::DataError&) {
    // There is no agent; agent() reports that.
  }
  snapshot_.reset();
  before_ = nullptr;
  db_ = nullptr;
}

View::~View() = default;

const recsys::ItemTable& View::items() const {
  return items_.get([&] { return read(recsys::load_item_table); });
}

const recsys::KeyIndex& View::item_numbers() const {
  return item_numbers_.get(
      [&] { return recsys::KeyIndex(items().size(), [&](std::size_t item) { return items().key(item); }); });
}

const recsys::KeyIndex& View::user_numbers() const {
  return user_numbers_.get(
      [&] { return recsys::KeyIndex(users().size(), [&](std::size_t user) { return users()[user]; }); });
}

const recsys::Texts& View::users() const {
  return users_.get([&] { return read(recsys::user_keys); });
}

const recsys::Dataset& View::histories() const {
  return *histories_.get([&] {
    const recsys::Liking& liked = liking();
    return read([&](const recsys::Database& db) {
      return std::make_shared<const recsys::Dataset>(recsys::load_dataset(db, liked));
    });
  });
}

// Without ratings, nothing is stored per item.
const recsys::RatingTotals& View::ratings() const {
  return ratings_.get([&] {
    recsys::RatingTotals totals = read(recsys::rating_totals);
    const bool any = std::any_of(totals.count.begin(), totals.count.end(), [](std::size_t n) { return n > 0; });
    return any ? totals : recsys::RatingTotals{};
  });
}

const DataWorld& View::world() const {
  return world_.get([&] {
    histories();
    recsys::RatingTotals totals = ratings();
    totals.sum.resize(items().size());
    totals.count.resize(items().size());
    return make_data_world(histories_.get([] { return nullptr; }), items(), totals);
  });
}

const Population& View::population(engine::ThreadPool& pool) const {
  return population_.get([&] { return population_of(world(), pool); });
}

recsys::Dataset View::catalogue() const {
  recsys::Dataset catalogue;
  for (std::size_t item = 0; item < items().size(); ++item) catalogue.item_ids.push_back(items().id(item));
  return catalogue;
}

const View::Published& View::published() const {
  return published_.get([&]() -> Published {
    items();  // before the model locks the file
    return read([&](const recsys::Database& db) -> Published {
      const std::optional<recsys::Repeats> repeats = recsys::published_repeats(db, model_id_);
      if (!repeats) return {};
      Published now{.model = nullptr, .repeats = *repeats, .forgets = recsys::count_forgets(db)};
      now.id =
          model_id_ ? *model_id_ : recsys::find_model(db, recsys::attention_model, recsys::ModelState::published)->id;
      now.model = load_model(db, now);
      return now;
    });
  });
}

std::shared_ptr<const recsys::BlendedModel> View::load_model(const recsys::Database& db, const Published& now) const {
  const recsys::Dataset known = catalogue();
  if (before_ != nullptr && before_->model() != nullptr) {
    const Published& then = before_->published();
    // Items that the model was not trained on get vectors from their topics.
    const bool same_items = before_->catalogue().item_ids == known.item_ids && before_->topics() == topics();
    if (then.id == now.id && then.forgets == now.forgets && same_items) return then.model;
  }
  const auto prefilter = loading_ == Loading::at_once ? recsys::Prefilter::quantised : recsys::Prefilter::none;
  return recsys::load_attention_model(db, known,
                                      {.prefilter = prefilter, .id = model_id_, .state_bytes = state_bytes_});
}

const recsys::BlendedModel* View::model() const {
  return published().model.get();
}

recsys::Repeats View::repeats() const {
  return published().repeats;
}

const recsys::Liking& View::liking() const {
  return liking_.get([&] {
    if (liked_) return *liked_;
    return read([&](const recsys::Database& db) { return recsys::published_liking(db, model_id_); })
        .value_or(recsys::Liking{});
  });
}

const recsys::BlendedModel& View::require_model() const {
  if (model() == nullptr) throw Error(fmt::format("{}: no attention model is published: run 'infodiet train'", path_));
  return *model();
}

const recsys::Recommender& View::popularity() const {
  return *popularity_.get([&] { return recsys::make_baseline("popularity", histories()); });
}

const CatalogueAgent& View::agent() const {
  return agent_.get([&] {
    const std::vector<std::string>& names = topics().names;
    if (db_ == nullptr) throw no_agent_learned(path_, CatalogueEnvironment::id);
    return read([&](const recsys::Database& db) -> CatalogueAgent {
      const StoredAgent stored = load_agent(db, CatalogueEnvironment::id, names);
      return {stored.model,
              recsys::read_options(CatalogueEnvironment::id, CatalogueEnvironment::settings(), stored.assignments)};
    });
  });
}

std::optional<recsys::ItemIndex> View::find_item(std::string_view key) const {
  const auto found = item_numbers().find(key, [&](std::size_t item) { return items().key(item); });
  return found ? std::optional(static_cast<recsys::ItemIndex>(*found)) : std::nullopt;
}

std::optional<recsys::ItemIndex> View::find_title(std::string_view title) const {
  const Titles& titles = titles_.get([&] {
    Titles all;
    for (std::size_t i = 0; i < items().size(); ++i) {
      if (const auto called = items()[i].title) all.emplace(*called, static_cast<recsys::ItemIndex>(i));
    }
    return all;
  });
  constexpr std::size_t most_named = 10;
  const auto [begin, end] = titles.equal_range(title);
  std::vector<recsys::ItemIndex> found;
  for (auto one = begin; one != end; ++one) found.push_back(one->second);
  if (found.size() < 2) return found.empty() ? std::nullopt : std::optional(found.front());
  std::sort(found.begin(), found.end());
  std::vector<std::string> keys;
  for (const recsys::ItemIndex item : found) {
    if (keys.size() < most_named) keys.push_back(fmt::format("'{}'", items()[item].key));
  }
  throw recsys::DataError(fmt::format("{} items are called '{}': give the id of one of them: {}{}", found.size(), title,
                                      fmt::join(keys, ", "), found.size() > keys.size() ? ", ..." : ""));
}

recsys::ItemIndex View::item(const std::string& key, const std::string& where) const {
  std::optional<recsys::ItemIndex> found = find_item(key);
  if (!found) found = asked_by(where, [&] { return find_title(key); });
  if (!found) throw unknown_item(where, key, path_, items());
  return *found;
}

std::uint32_t View::topic(const std::string& name, const std::string& where) const {
  const std::vector<std::string>& names = topics().names;
  const auto found = std::lower_bound(names.begin(), names.end(), name);
  if (found == names.end() || *found != name) throw recsys::unknown_topic(where, name, path_, names);
  return static_cast<std::uint32_t>(found - names.begin());
}

std::vector<recsys::ItemIndex> View::items_of(std::span<const std::string> texts,
                                              std::vector<std::string>& unknown) const {
  std::vector<recsys::ItemIndex> found;
  const auto add = [&](std::string_view text) {
    std::optional<recsys::ItemIndex> item = find_item(text);
    if (!item) item = find_title(text);
    if (item) found.push_back(*item);
    return item.has_value();
  };
  for (const std::string& text : texts) {
    if (add(text)) continue;
    for (std::size_t begin = 0; begin <= text.size();) {
      const std::size_t end = std::min(text.find(',', begin), text.size());
      const std::string_view key = std::string_view(text).substr(begin, end - begin);
      if (!add(key)) unknown.emplace_back(key);
      begin = end + 1;
    }
  }
  return found;
}

Profile View::known_profile(const std::string& user) const {
  Profile profile{.key = user};
  if (loading_ == Loading::at_once) {
    const auto key_of = [&](std::size_t number) { return users()[number]; };
    if (const auto found = user_numbers().find(user, key_of)) take(profile, histories(), *found);
    return profile;
  }
  const recsys::Liking& liked = liking();
  read([&](const recsys::Database& db) {
    if (const auto id = recsys::find_user(db, user)) take(profile, recsys::load_user(db, *id, liked), 0);
  });
  return profile;
}

Profile View::profile(const std::optional<std::string>& user, std::span<const std::string> more,
                      const std::string& where) const {
  Profile profile;
  if (user) profile = known_profile(*user);
  const std::vector<recsys::ItemIndex> given = asked_by(where, [&] { return items_of(more, profile.unknown); });
  if (given.empty() && !profile.unknown.empty()) throw unknown_item(where, profile.unknown.front(), path_, items());
  profile.items.insert(profile.items.end(), given.begin(), given.end());
  if (!profile.low.empty()) profile.low.resize(profile.items.size(), 0);
  if (!profile.times.empty()) profile.times.resize(profile.items.size(), profile.times.back());
  return profile;
}

Profile View::stored_profile(const std::string& user, const std::string& where) const {
  Profile profile = known_profile(user);
  if (!profile.stored) {
    std::vector<std::string> keys;
    for (std::size_t i = 0; i < users().size(); ++i) keys.emplace_back(users()[i]);
    throw recsys::unknown_id(where, "user", user, path_, keys);
  }
  return profile;
}

}  // namespace infodiet::rl
