#include "recsys/evaluation/examination.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "recsys/errors.hpp"
#include "recsys/store/catalogue.hpp"
#include "recsys/store/load_dataset.hpp"
#include "recsys/store/model_names.hpp"
#include "recsys/store/model_repeats.hpp"
#include "recsys/store/model_store.hpp"

namespace infodiet::recsys {

namespace {

// What to do where the interactions are not those a model was trained with: train, or ask one that was.
std::string way_on(const Database& db, const std::string& fingerprint) {
  const std::vector<ModelRecord> models = list_models(db);
  for (auto other = models.rbegin(); other != models.rend(); ++other) {
    if (other->name != attention_model || other->state != ModelState::retired) continue;
    if (other->data_fingerprint != fingerprint) continue;
    return fmt::format(
        "model {} was trained with these and not published: ask it with --model {}, or publish it with "
        "'infodiet models publish {}'",
        other->id, other->id, other->id);
  }
  return "run 'infodiet train' again";
}

// The attention model only if it has not seen what it is asked for; a refusal says why.
void refuse_what_was_seen(const Database& db, const ModelRecord& model, const Examination& examination,
                          const Holdout& needed) {
  const Holdout holdout = parse_holdout(model.holdout);
  if (holdout != needed) {
    throw DataError(fmt::format(
        "the attention model was trained with --holdout {}, so it has seen what --protocol {} asks for: train with "
        "'infodiet train --holdout {}', or score pairs that are not stored with --targets",
        model.holdout, examination.protocol, format_holdout(needed)));
  }
  const std::string fingerprint = data_fingerprint(examination.data);
  if (model.data_fingerprint != fingerprint) {
    throw DataError(
        fmt::format("the interactions have changed since the attention model was trained, so what it has seen is no "
                    "longer known: {}",
                    way_on(db, fingerprint)));
  }
}

Holdout holdout_of(std::string_view protocol, const std::optional<ModelRecord>& model) {
  if (protocol == leave_one_out) return {.kind = HoldoutKind::last};
  // The cut is the one the model was trained with.
  if (model) {
    const Holdout holdout = parse_holdout(model->holdout);
    if (holdout.kind == HoldoutKind::temporal) return holdout;
  }
  return {.kind = HoldoutKind::temporal};
}

KeyLookup lookup_in(const Database& db, const Dataset& data) {
  const auto index_of = [](const std::vector<std::int64_t>& ids, std::int64_t id) {
    return static_cast<std::size_t>(std::lower_bound(ids.begin(), ids.end(), id) - ids.begin());
  };
  return {.user = [&db, &data, index_of](std::string_view key) -> std::optional<std::size_t> {
            const std::optional<std::int64_t> id = find_user(db, key);
            if (!id) return std::nullopt;
            return index_of(data.user_ids, *id);
          },
          .item = [&db, &data, index_of](std::string_view key) -> std::optional<ItemIndex> {
            const std::optional<std::int64_t> id = find_item(db, key);
            if (!id) return std::nullopt;
            return static_cast<ItemIndex>(index_of(data.item_ids, *id));
          }};
}

}  // namespace

Examination examine(const Database& db, const std::string& protocol, const std::optional<std::string>& targets,
                    std::optional<std::int64_t> model, std::optional<Liking> liked) {
  if (!liked) liked = published_liking(db, model);
  Examination examination{.protocol = protocol,
                          .data = load_dataset(db, liked.value_or(Liking{})),
                          .training = {},
                          .target_cases = {},
                          .judged = {}};
  const std::optional<Repeats> recorded = published_repeats(db, model);
  if (targets) {
    examination.repeats = recorded ? *recorded : usual_repeats(examination.data, {});
    examination.protocol = "targets";
    examination.training = examination.data;
    examination.target_cases =
        read_targets(*targets, examination.data, lookup_in(db, examination.data), examination.repeats);
    const auto cases = examination.target_cases->cases();
    examination.judged.cases.assign(cases.begin(), cases.end());
    examination.asked = cases.size();
    examination.judged.forbidden = examination.target_cases->skipped.stored;
    return examination;
  }
  const std::optional<ModelRecord> judged =
      model ? require_model(db, *model) : find_model(db, attention_model, ModelState::published);
  const Holdout holdout = holdout_of(protocol, judged);
  if (judged) refuse_what_was_seen(db, *judged, examination, holdout);
  examination.training = training_part(examination.data, holdout);
  examination.repeats = recorded ? *recorded : usual_repeats(examination.data, holdout);
  std::vector<EvaluationCase> cases = test_cases(examination.data, holdout);
  if (cases.empty()) {
    throw DataError(fmt::format("{}: nobody has enough history for --protocol {} (three interactions are needed)",
                                db.path(), protocol));
  }
  examination.asked = cases.size();
  examination.liked = liked;
  examination.judged = liked ? liked_cases(examination.data, std::move(cases), examination.repeats)
                             : judged_cases(std::move(cases), examination.repeats);
  return examination;
}

}  // namespace infodiet::recsys
