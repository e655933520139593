#include "recsys/evaluation/next.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <vector>

#include "recsys/errors.hpp"
#include "recsys/store/data_extent.hpp"
#include "recsys/store/model_repeats.hpp"

namespace infodiet::recsys {

Examination examine_next(const Database& db, const ModelRecord& model, NextPairs& pairs) {
  const std::optional<DataExtent> extent = stored_extent(model);
  if (!extent) {
    throw DataError(fmt::format(
        "{}: model {} does not say how far its data went, being of an older version: 'infodiet train' makes "
        "one that does",
        db.path(), model.id));
  }
  const Snapshot snapshot(db);
  Examination examination{
      .protocol = "next", .data = load_dataset_up_to(db, *extent), .training = {}, .target_cases = {}, .judged = {}};
  examination.repeats = published_repeats(db, model.id).value_or(Repeats::forbid);
  const Dataset since = load_dataset_since(db, *extent);
  std::vector<std::vector<ItemIndex>> targets(since.users());
  for (std::size_t user = 0; user < since.users(); ++user) {
    const History known = examination.data.history(user);
    for (const ItemIndex item : since.history(user).items) {
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
    throw DataError(fmt::format(
        "{}: nothing to ask for came in since model {} was trained ({} repeated, {} of people nothing was known of)",
        db.path(), model.id, pairs.repeated, pairs.newcomers));
  }
  examination.training = examination.data;
  examination.target_cases = TargetCases(examination.data, targets);
  const auto cases = examination.target_cases->cases();
  examination.judged.cases.assign(cases.begin(), cases.end());
  examination.asked = cases.size();
  return examination;
}

}  // namespace infodiet::recsys
