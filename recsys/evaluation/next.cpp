#include "recsys/evaluation/next.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <vector>

#include "recsys/errors.hpp"
#include "recsys/store/catalogue.hpp"
#include "recsys/store/data_extent.hpp"
#include "recsys/store/model_repeats.hpp"

namespace infodiet::recsys {

Examination examine_next(const Database& db, const ModelRecord& model, const std::optional<std::string>& event,
                         NextPairs& pairs) {
  if (event) require_event(db, *event);
  const std::optional<DataExtent> extent = stored_extent(model);
  if (!extent) {
    throw DataError(fmt::format(
        "{}: model {}, of an older version, does not record how far its data went: run 'infodiet train' again",
        db.path(), model.id));
  }
  const Snapshot snapshot(db);
  Examination examination{.protocol = "next",
                          .holdout = {},
                          .cut = {},
                          .model = model.id,
                          .data = load_dataset_up_to(db, *extent),
                          .training = {},
                          .target_cases = {},
                          .skipped = {},
                          .judged = {}};
  examination.repeats = published_repeats(db, model.id).value_or(Repeats::forbid);
  const Dataset since = load_dataset_since(db, *extent, event);
  std::vector<std::vector<ItemIndex>> targets(since.users());
  for (std::size_t user = 0; user < since.users(); ++user) {
    const History known = examination.data.history(user);
    const std::span<const ItemIndex> items = since.history(user).items;
    for (std::size_t i = 0; i < items.size(); ++i) {
      const ItemIndex item = items[i];
      if (event && since.are_of_event[since.offsets[user] + i] == 0) {
        ++pairs.other_events;
        continue;
      }
      const std::span<const ItemIndex> seen = left_out(examination.repeats, known);
      const bool had = std::find(seen.begin(), seen.end(), item) != seen.end() ||
                       std::find(targets[user].begin(), targets[user].end(), item) != targets[user].end();
      if (known.size() == 0) {
        ++pairs.newcomers;
      } else if (had) {
        ++pairs.repeated;
      } else {
        targets[user].push_back(item);
        ++pairs.asked;
      }
    }
  }
  if (pairs.asked == 0) {
    throw DataError(fmt::format("{}: no new targets since model {} was trained ({} repeated, {} of unknown people{})",
                                db.path(), model.id, pairs.repeated, pairs.newcomers,
                                event ? fmt::format(", {} of other events", pairs.other_events) : ""));
  }
  examination.training = examination.data;
  examination.target_cases = TargetCases(examination.data, targets);
  const auto cases = examination.target_cases->cases();
  examination.judged.cases.assign(cases.begin(), cases.end());
  const std::size_t others = examination.data.users() - cases.size();
  if (others > 0) examination.skipped.push_back({"nothing_since", "consumed no new target since", others});
  return examination;
}

}  // namespace infodiet::recsys
