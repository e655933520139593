// A read-only view of one published model with its catalogue, topics and histories, all from one snapshot of the file.
// Answers are computed from it by the other files of this folder.
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "engine/parallel.hpp"
#include "recsys/attention/blended_model.hpp"
#include "recsys/data/liking.hpp"
#include "recsys/data/repeats.hpp"
#include "recsys/store/catalogue.hpp"
#include "recsys/store/database.hpp"
#include "recsys/store/item_table.hpp"
#include "recsys/store/key_index.hpp"
#include "recsys/store/ratings.hpp"
#include "recsys/store/texts.hpp"
#include "rl/agent/agent_picks.hpp"
#include "rl/answers/diet_label.hpp"
#include "rl/answers/reason_cache.hpp"
#include "rl/environments/data_world.hpp"

namespace infodiet::rl {

/// The person of an answer. View::profile fills it from the file; programs with their own histories fill it themselves.
struct Profile {
  std::string key{};                       ///< as given, or empty if no user was named
  bool stored = false;                     ///< whether the file has that user
  std::vector<recsys::ItemIndex> items{};  ///< oldest first
  std::vector<std::int64_t> times{};       ///< (items) Unix seconds, or empty if any is unknown
  std::vector<std::uint8_t> low{};         ///< (items) 1 if rated low; empty if none is
  std::vector<std::string> unknown{};      ///< given ids that are not stored

  recsys::History history() const { return {items, times}; }
};

/// When a view reads its parts.
enum class Loading {
  as_needed,  ///< each when first needed, for a process that gives one answer; the file stays open
  at_once,    ///< all at construction, for many answers; the file is not needed afterwards
};

/// Immutable, whatever others write: a newly published model needs a new view. All members are thread-safe, if each
/// thread uses its own pool.
class View {
 public:
  /// Holds a snapshot of `db`, which must outlive the view and not be used otherwise, unless it loads at once. Throws
  /// DamagedError and SqliteError, as may every member that first needs a part, and DataError if no model of that id
  /// can be loaded. `model_id`: a stored attention model to use instead of the published one. `liked`: what counts as
  /// liked, instead of the model's own rule. `state_bytes`: memory for the model's cache
  /// (recsys::AttentionModel::keep_states). `before`: an earlier view; if it has the same model for the same catalogue,
  /// and nobody was forgotten since, its model is reused with its cache.
  explicit View(const recsys::Database& db, Loading loading = Loading::as_needed,
                std::optional<std::int64_t> model_id = std::nullopt, std::optional<recsys::Liking> liked = std::nullopt,
                std::size_t state_bytes = 0, const View* before = nullptr);
  ~View();
  View(const View&) = delete;
  View& operator=(const View&) = delete;

  /// The path of the file.
  const std::string& path() const { return path_; }

  /// Items by ItemIndex, and their topics.
  const recsys::ItemTable& items() const;
  const recsys::ItemTopics& topics() const { return items().topics(); }
  /// Everybody's id as it was given, by their number in histories().
  const recsys::Texts& users() const;
  /// Everybody's histories.
  const recsys::Dataset& histories() const;
  /// The data set as diets and simulations use it.
  const DataWorld& world() const;
  /// Everybody's diet figures.
  const Population& population(engine::ThreadPool& pool) const;

  /// The model; null if none is published and none was requested.
  const recsys::BlendedModel* model() const;
  /// The same. Throws Error if there is none.
  const recsys::BlendedModel& require_model() const;
  /// Whether lists may repeat consumed items: as the model was validated; without a model they may not.
  recsys::Repeats repeats() const;
  /// What counts as liked: as the model was trained; without a model, from the person's median rating on.
  const recsys::Liking& liking() const;
  /// Popularity, for people without a history.
  const recsys::Recommender& popularity() const;
  /// The agent trained in `catalogue`. Throws DataError if there is none.
  const CatalogueAgent& agent() const;

  /// Cached reasons of the model.
  ReasonCache& reason_cache() const { return reason_cache_; }

  /// The item with that key, if there is one.
  std::optional<recsys::ItemIndex> find_item(std::string_view key) const;
  /// The item with that key, or else the only one with that title. Throws DataError, which begins with `where`, if
  /// there is none or several have the title.
  recsys::ItemIndex item(const std::string& key, const std::string& where) const;
  /// The number in topics() of the topic of that name. Throws DataError, which begins with `where`, if there is none.
  std::uint32_t topic(const std::string& name, const std::string& where) const;
  /// The items of a list of texts: each is a key or a title, as for item(), or several of them separated by commas.
  /// Appends unknown ones to `unknown`. Throws DataError for a title that several items have.
  std::vector<recsys::ItemIndex> items_of(std::span<const std::string> texts, std::vector<std::string>& unknown) const;

  /// The stored history of `user`, followed by the items of `more` (see items_of), at the time of the last stored
  /// interaction. Unknown items are skipped and listed in the profile. Throws DataError, which begins with `where`, if
  /// all given items are unknown.
  Profile profile(const std::optional<std::string>& user, std::span<const std::string> more,
                  const std::string& where) const;
  /// The stored history of `user`. Throws DataError, which begins with `where`, if the user is not stored.
  Profile stored_profile(const std::string& user, const std::string& where) const;

 private:
  /// A value made once, by the first thread that needs it. Not by std::call_once: `make` may throw, which the thread
  /// sanitizer cannot follow there.
  template <class T>
  class Part {
   public:
    template <class Make>
    const T& get(Make&& make) const {
      if (const T* value = ready_.load(std::memory_order_acquire)) return *value;
      const std::lock_guard lock(making_);
      if (value_ == nullptr) value_ = std::make_unique<const T>(make());
      ready_.store(value_.get(), std::memory_order_release);
      return *value_;
    }

   private:
    mutable std::atomic<const T*> ready_ = nullptr;
    mutable std::mutex making_;
    mutable std::unique_ptr<const T> value_;  // guarded by making_
  };
  using Titles = std::unordered_multimap<std::string_view, recsys::ItemIndex>;

  template <class Read>
  auto read(Read&& read) const;
  recsys::Dataset catalogue() const;
  std::optional<recsys::ItemIndex> find_title(std::string_view title) const;
  Profile known_profile(const std::string& user) const;

  std::string path_;
  Loading loading_;
  std::optional<std::int64_t> model_id_;
  std::optional<recsys::Liking> liked_;
  std::size_t state_bytes_;
  const View* before_;          // null once everything is loaded
  const recsys::Database* db_;  // null once everything is loaded
  std::optional<recsys::Snapshot> snapshot_;
  mutable std::mutex reading_;  // guards the file

  const recsys::KeyIndex& item_numbers() const;
  const recsys::KeyIndex& user_numbers() const;

  Part<recsys::ItemTable> items_;
  Part<recsys::KeyIndex> item_numbers_;
  Part<Titles> titles_;
  Part<recsys::Texts> users_;
  Part<recsys::KeyIndex> user_numbers_;
  Part<std::shared_ptr<const recsys::Dataset>> histories_;
  Part<recsys::RatingTotals> ratings_;
  Part<DataWorld> world_;
  Part<Population> population_;
  Part<recsys::Liking> liking_;
  struct Published {
    std::shared_ptr<const recsys::BlendedModel> model;  // null if there is none
    recsys::Repeats repeats = recsys::Repeats::forbid;
    std::int64_t id = 0;       // of the model
    std::int64_t forgets = 0;  // people forgotten in the file
  };
  const Published& published() const;
  std::shared_ptr<const recsys::BlendedModel> load_model(const recsys::Database& db, const Published& now) const;
  const recsys::RatingTotals& ratings() const;
  Part<Published> published_;
  Part<std::unique_ptr<recsys::Recommender>> popularity_;
  Part<CatalogueAgent> agent_;
  mutable ReasonCache reason_cache_;
};

}  // namespace infodiet::rl
