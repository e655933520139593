// Checks the values of rows and stores them, or records them as rejects. Every imported value is checked here.
#pragma once

#include <cstdint>
#include <limits>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "recsys/import/file_plan.hpp"
#include "recsys/import/import.hpp"
#include "recsys/import/row_sink.hpp"
#include "recsys/store/catalogue_writer.hpp"

namespace infodiet::recsys {

/// A set of items, by their ids.
class SeenItems {
 public:
  void add(std::int64_t id) {
    const auto index = static_cast<std::size_t>(id);
    if (index >= seen_.size()) seen_.resize(index + index / 2 + 1);
    seen_[index] = true;
  }
  bool has(std::int64_t id) const {
    return static_cast<std::size_t>(id) < seen_.size() && seen_[static_cast<std::size_t>(id)];
  }

 private:
  std::vector<bool> seen_;
};

/// Stores the rows of one file after the other.
class RowImporter : public RowSink {
 public:
  /// Counts into `report` and `rows`.
  RowImporter(Database& db, CatalogueWriter& writer, const ImportOptions& options, ImportReport& report,
              std::int64_t& rows);

  /// @param session_prefix  put before the ids of sessions that stand in for users
  void begin_file(const FilePlan& plan, std::string_view session_prefix);
  /// Writes the counts and notes of the file.
  void end_file();

  void interaction(const RowOrigin& origin, const InteractionText& row) override;
  void item(const RowOrigin& origin, const ItemText& row) override;
  void user(const RowOrigin& origin, std::string_view key) override;
  void reject(const RowOrigin& origin, RowKind kind, const RejectReason& reason) override;

  /// Items with interactions, and items with attributes, of this import.
  const SeenItems& consumed() const { return consumed_; }
  const SeenItems& described() const { return described_; }
  /// The names of all events so far, those left out included.
  const std::set<std::string>& events_seen() const { return events_seen_; }

 private:
  // What is known of events of one name.
  struct Event {
    EventNumber number = {};
    double weight = 1;
    bool is_taken = true;
  };
  struct FileCounts {
    std::int64_t from_sessions = 0;
    std::int64_t not_rated = 0;
    std::map<std::string, std::int64_t> left_out_events = {};
    std::int64_t minus_ones = 0;  // ratings of -1, and below of 0
    std::int64_t zeros = 0;
    double lowest_rating = std::numeric_limits<double>::infinity();  // of the others
    double highest_rating = -std::numeric_limits<double>::infinity();
  };

  [[noreturn]] void throw_too_many() const;
  void take_interaction(const RowOrigin& origin, const InteractionText& row);
  bool take_time(const RowOrigin& origin, const InteractionText& row, Interaction& interaction);
  bool take_rating(const RowOrigin& origin, const InteractionText& row, Interaction& interaction);
  const Event& event_named(std::string_view name);
  void take_title(std::int64_t item, const InteractionText& row);
  void remember(const InteractionText& row, std::string_view user, const Interaction& interaction);
  void count_rating(double rating);
  void find_marks();
  void write_notes();

  Database* db_;
  CatalogueWriter* writer_;
  const ImportOptions* options_;
  ImportReport* report_;
  std::int64_t* rows_;
  Statement insert_reject_;
  const Understanding* known_ = nullptr;
  ImportedFile file_;
  std::string session_prefix_;
  std::string session_user_;
  std::int64_t import_id_ = 0;
  std::optional<std::string_view> row_user_;  ///< the id as it was read, of the row that is being taken
  ImportReport before_;                       // only its counts of rows
  FileCounts counts_;
  std::map<std::string, Event, std::less<>> events_;  // of the file
  std::set<std::string> events_seen_;
  SeenItems titled_;
  SeenItems consumed_;
  SeenItems described_;
};

}  // namespace infodiet::recsys
