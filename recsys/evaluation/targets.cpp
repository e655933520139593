#include "recsys/evaluation/targets.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <utility>

#include "recsys/errors.hpp"
#include "recsys/import/pairs_file.hpp"
#include "recsys/import/values.hpp"

namespace infodiet::recsys {

namespace {

// Collects the rows of a file as pairs.
class PairSink : public RowSink {
 public:
  PairSink(std::string file, const Dataset& data, const KeyLookup& lookup, const WantedPairs& wanted)
      : file_(std::move(file)), data_(&data), lookup_(&lookup), wanted_(&wanted), targets_(data.users()) {}

  void interaction(const RowOrigin& origin, const InteractionText& row) override {
    for (const auto& [key, what] : {std::pair(row.user, "user"), {row.item, "item"}}) {
      if (is_null_mark(key)) fail(origin, fmt::format("the {} is missing", what));
    }
    ++rows_;
    if (wanted_->event && trimmed(row.event.value_or("")) != *wanted_->event) {
      ++skipped_.other_events;
      return;
    }
    const std::optional<std::size_t> user = lookup_->user(row.user);
    const std::optional<ItemIndex> item = user ? lookup_->item(row.item) : std::nullopt;
    if (!item) {
      ++(user ? skipped_.unknown_items : skipped_.unknown_users);
    } else if (!known_.emplace(*user, *item).second) {
      ++skipped_.twice;
    } else {
      add(*user, *item);
    }
  }
  void item(const RowOrigin&, const ItemText&) override {}
  void user(const RowOrigin&, std::string_view) override {}
  void reject(const RowOrigin& origin, RowKind, const RejectReason& reason) override {
    fail(origin, fmt::format("{}{}", reason.cause, reason.detail));
  }

  TargetCases cases() const {
    if (rows_ == 0) throw DataError(fmt::format("{}: holds no pairs; expected lines of user,item", file_));
    if (known_.empty()) {
      throw DataError(fmt::format(
          "{}: of its {} pairs, none is of a user and an item that are stored ({} of unknown users, {} of unknown "
          "items{})",
          file_, rows_, skipped_.unknown_users, skipped_.unknown_items,
          wanted_->event ? fmt::format(", {} of other events than {}", skipped_.other_events, *wanted_->event) : ""));
    }
    TargetCases cases(*data_, targets_);
    cases.skipped = skipped_;
    return cases;
  }

 private:
  [[noreturn]] void fail(const RowOrigin& origin, const std::string& why) const {
    throw DataError(fmt::format("{}:{}: {}", file_, origin.line, why));
  }
  void add(std::size_t user, ItemIndex item) {
    const std::span<const ItemIndex> seen = left_out(wanted_->repeats, data_->history(user));
    if (std::find(seen.begin(), seen.end(), item) != seen.end()) {
      ++skipped_.stored;
    } else {
      targets_[user].push_back(item);
    }
  }

  std::string file_;
  const Dataset* data_;
  const KeyLookup* lookup_;
  const WantedPairs* wanted_;
  std::vector<std::vector<ItemIndex>> targets_;
  std::set<std::pair<std::size_t, ItemIndex>> known_;
  std::size_t rows_ = 0;
  TargetCases::Skipped skipped_;
};

}  // namespace

TargetCases::TargetCases(const Dataset& data, const std::vector<std::vector<ItemIndex>>& targets) {
  for (const std::vector<ItemIndex>& of_user : targets) items_.insert(items_.end(), of_user.begin(), of_user.end());
  const std::span<const ItemIndex> all(items_);
  std::size_t begin = 0;
  for (std::size_t user = 0; user < targets.size(); ++user) {
    const std::size_t count = targets[user].size();
    if (count == 0) continue;
    cases_.push_back({.user = user, .history = data.history(user), .targets = all.subspan(begin, count)});
    begin += count;
  }
}

TargetCases read_targets(const std::string& path, const Dataset& data, const KeyLookup& lookup,
                         const WantedPairs& wanted) {
  PairsFile file(path);
  if (wanted.event && !file.has_events()) {
    throw DataError(fmt::format("{}: has no column of events, which --event {} needs", path, *wanted.event));
  }
  PairSink sink(path, data, lookup, wanted);
  file.read(sink);
  return sink.cases();
}

}  // namespace infodiet::recsys
