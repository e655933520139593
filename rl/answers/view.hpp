// A read-only view of one published model with its catalogue, topics and histories, all of one state of the file: what
// every answer is made from. The answers themselves stand beside it, in files of their own.
#pragma once

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
#include "rl/agent/agent_picks.hpp"
#include "rl/answers/diet_label.hpp"
#include "rl/answers/reason_cache.hpp"
#include "rl/environments/data_world.hpp"

namespace infodiet::rl {

/// Somebody an answer is for. View::profile fills it from the file; whoever keeps histories elsewhere fills it alone.
struct Profile {
  std::string key{};                       ///< as given, or empty where nobody was named
  bool stored = false;                     ///< whether the file has somebody of that key
  std::vector<recsys::ItemIndex> items{};  ///< oldest first
  std::vector<std::int64_t> times{};       ///< (items) Unix seconds, or empty where any is unknown
  std::vector<std::uint8_t> low{};         ///< (items) 1 where they rated it low, or empty where nothing is
  std::vector<std::string> unknown{};      ///< ids that were given and are not stored

  recsys::History history() const { return {items, times}; }
};

/// When a view reads its parts.
enum class Loading {
  as_needed,  ///< each when an answer first needs it, for a process that gives one answer; the file stays open
  at_once,    ///< all of them, for many answers; the file is not needed afterwards
};

/// Never changes, whatever others write: a newly published model takes a new view. Every member may be called by
/// several threads at once, each with a pool of its own.
class View {
 public:
  /// Holds a snapshot of `db`, which must outlive the view and be left alone, unless it loads at once. Throws
  /// DamagedError and SqliteError, as every member may that is the first to need a part, and DataError where no model
  /// of that id can be loaded.
  /// `model_id` is that of a stored attention model to answer by, in place of the published one; `liked` what counts as
  /// liked, in place of what that model was trained by; `state_bytes` is of memory that the model may keep what it has
  /// read in (recsys::AttentionModel::keep_states).
  /// Where `before` has the same model for the same catalogue, and nobody was forgotten since, that model goes on with
  /// all that it has read.
  explicit View(const recsys::Database& db, Loading loading = Loading::as_needed,
                std::optional<std::int64_t> model_id = std::nullopt, std::optional<recsys::Liking> liked = std::nullopt,
                std::size_t state_bytes = 0, const View* before = nullptr);
  ~View();
  View(const View&) = delete;
  View& operator=(const View&) = delete;

  const std::string& path() const { return path_; }

  /// By ItemIndex.
  const recsys::ItemTable& items() const;
  const recsys::ItemTopics& topics() const { return items().topics(); }
  /// By number in histories().
  const std::vector<recsys::User>& users() const;
  /// Everybody's.
  const recsys::Dataset& histories() const;
  const DataWorld& world() const;
  const Population& population(engine::ThreadPool& pool) const;

  /// Null where no attention model is published and none was asked for.
  const recsys::BlendedModel* model() const;
  /// Throws Error where none is published.
  const recsys::BlendedModel& require_model() const;
  /// Whether lists may hold what was consumed before: as the published model was judged, else they may not.
  recsys::Repeats repeats() const;
  /// What counts as liked: as the published model was judged, else from the person's own middle on.
  const recsys::Liking& liking() const;
  /// What everybody consumes most, for whoever has no history.
  const recsys::Recommender& popularity() const;
  /// The agent that learned in catalogue. Throws DataError if none has.
  const CatalogueAgent& agent() const;

  /// Reasons of the published model.
  ReasonCache& reason_cache() const { return reason_cache_; }

  /// The item with that key, if there is one.
  std::optional<recsys::ItemIndex> find_item(std::string_view key) const;
  /// The item with that key, or, where there is none, the only one with that title. Throws DataError, which begins with
  /// `where`, if there is none or the title is that of several.
  recsys::ItemIndex item(const std::string& key, const std::string& where) const;
  /// The topic of that name, as topics() numbers it. Throws DataError, which begins with `where`, if there is none.
  std::uint32_t topic(const std::string& name, const std::string& where) const;
  /// The items of a list of keys: each text is a key or a title, as item() takes them, or several of them with commas
  /// between. Those that are not stored are appended to `unknown`. Throws DataError for a title that several have.
  std::vector<recsys::ItemIndex> items_of(std::span<const std::string> texts, std::vector<std::string>& unknown) const;

  /// The stored history of `user`, with the items of `more` (as items_of reads them) after it, which count as consumed
  /// at the time of the last stored one. Unknown items are skipped and named in the profile; throws DataError, which
  /// begins with `where`, if that leaves nothing of a history that was given.
  Profile profile(const std::optional<std::string>& user, std::span<const std::string> more,
                  const std::string& where) const;
  /// The stored history of `user`. Throws DataError, which begins with `where`, for somebody who is not stored.
  Profile stored_profile(const std::string& user, const std::string& where) const;

 private:
  /// What is made once, by the first thread to ask.
  template <class T>
  class Part {
   public:
    template <class Make>
    const T& get(Make&& make) const {
      std::call_once(once_, [&] { value_ = std::make_unique<const T>(make()); });
      return *value_;
    }

   private:
    mutable std::once_flag once_;
    mutable std::unique_ptr<const T> value_;
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
  mutable std::mutex reading_;  // the file is one thread's at a time

  const recsys::KeyIndex& item_numbers() const;
  const recsys::KeyIndex& user_numbers() const;

  Part<recsys::ItemTable> items_;
  Part<recsys::KeyIndex> item_numbers_;
  Part<Titles> titles_;
  Part<std::vector<recsys::User>> users_;
  Part<recsys::KeyIndex> user_numbers_;
  Part<std::shared_ptr<const recsys::Dataset>> histories_;
  Part<recsys::RatingTotals> ratings_;
  Part<DataWorld> world_;
  Part<Population> population_;
  Part<recsys::Liking> liking_;
  struct Published {
    std::shared_ptr<const recsys::BlendedModel> model;  // null where none is
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
