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

// Advice if the interactions changed since a model was trained: train, or name a model that fits.
std::string way_on(const Database& db, const std::string& fingerprint) {
  const std::vector<ModelRecord> models = list_models(db);
  for (auto other = models.rbegin(); other != models.rend(); ++other) {
    if (other->name != attention_model || other->state != ModelState::retired) continue;
    if (other->data_fingerprint != fingerprint) continue;
    return fmt::format(
        "model {} was trained on these and not published: evaluate it with --model {}, or publish it with "
        "'infodiet models publish {}'",
        other->id, other->id, other->id);
  }
  return "run 'infodiet train' again";
}

HoldoutKind kind_of(std::string_view protocol) {
  return protocol == temporal ? HoldoutKind::temporal : HoldoutKind::last;
}

// Throws, saying why, if the model has seen the targets.
void refuse_what_was_seen(const Database& db, const ModelRecord& model, const std::string& protocol,
                          const std::string& fingerprint) {
  const Holdout needed{.kind = kind_of(protocol)};
  if (parse_holdout(model.holdout).kind != needed.kind) {
    throw DataError(fmt::format(
        "the attention model was trained with --holdout {}, so it has seen the targets of --protocol {}: train with "
        "'infodiet train --holdout {}', or score pairs that are not stored with --targets",
        model.holdout, protocol, format_holdout(needed)));
  }
  if (model.data_fingerprint != fingerprint) {
    throw DataError(
        fmt::format("the interactions have changed since the attention model was trained, so what it has seen is no "
                    "longer known: {}",
                    way_on(db, fingerprint)));
  }
}

std::optional<ModelRecord> asked_model(const Database& db, const Question& question) {
  if (question.model) return require_model(db, *question.model);
  return find_model(db, attention_model, ModelState::published);
}

// The model to evaluate, among those that have not seen the targets.
std::optional<ModelRecord> judged_model(const Database& db, const Question& question, const std::string& fingerprint) {
  std::optional<ModelRecord> asked = asked_model(db, question);
  if (question.choice == ModelChoice::named) {
    if (asked) refuse_what_was_seen(db, *asked, question.protocol, fingerprint);
    return asked;
  }
  const auto fits = [&](const ModelRecord& model) {
    return model.data_fingerprint == fingerprint && parse_holdout(model.holdout).kind == kind_of(question.protocol);
  };
  if (asked && fits(*asked)) return asked;
  const std::vector<ModelRecord> models = list_models(db);
  const auto latest = std::find_if(models.rbegin(), models.rend(), [&](const ModelRecord& model) {
    return model.name == attention_model && model.state == ModelState::retired && fits(model);
  });
  return latest == models.rend() ? std::nullopt : std::optional(*latest);
}

Holdout holdout_of(const Question& question, const std::optional<ModelRecord>& model) {
  // The cut is the one the model was trained with.
  Holdout holdout = model ? parse_holdout(model->holdout) : Holdout{.kind = kind_of(question.protocol)};
  if (question.asked) holdout.asked = question.asked;
  return holdout;
}

// Baselines train on what the model trained on, whatever the targets are.
Dataset training_of(const Dataset& data, Holdout holdout, const std::optional<ModelRecord>& model) {
  holdout.asked.reset();
  return training_part(data, model ? parse_holdout(model->holdout) : holdout);
}

std::vector<SkippedPeople> without_history(const Dataset& data, std::optional<std::int64_t> cut) {
  SkippedPeople short_history{"short_history", "consumed fewer than three items"};
  SkippedPeople nothing_before{"nothing_before", "consumed nothing before the cut, so they have no history"};
  SkippedPeople nothing_after{"nothing_after", "consumed nothing after the cut"};
  for (std::size_t user = 0; user < data.users(); ++user) {
    const History history = data.history(user);
    if (!cut) {
      short_history.people += history.size() < leave_one_out_minimum;
    } else if (history.size() == 0 || history.times.front() >= *cut) {
      ++nothing_before.people;
    } else {
      nothing_after.people += history.times.back() < *cut;
    }
  }
  return {short_history, nothing_before, nothing_after};
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

Examination examine_pairs(const Database& db, const Question& question) {
  Examination examination{
      .protocol = "targets",
      .holdout = {},
      .cut = {},
      .model = {},
      .data =
          load_dataset(db, question.liked ? *question.liked : published_liking(db, question.model).value_or(Liking{})),
      .training = {},
      .target_cases = {},
      .skipped = {},
      .judged = {}};
  const Dataset& data = examination.data;
  const std::optional<ModelRecord> model = asked_model(db, question);
  if (model) examination.model = model->id;
  examination.repeats = model ? stored_repeats(*model) : usual_repeats(data, {});
  examination.training = data;
  examination.target_cases =
      read_targets(*question.targets, data, lookup_in(db, data), {examination.repeats, question.event});
  const auto cases = examination.target_cases->cases();
  examination.judged.cases.assign(cases.begin(), cases.end());
  examination.judged.forbidden = examination.target_cases->skipped.stored;
  examination.judged.other_events = examination.target_cases->skipped.other_events;
  if (data.users() > cases.size()) {
    examination.skipped.push_back({"no_pair", "have no pair in the file", data.users() - cases.size()});
  }
  return examination;
}

// Leaves out unwanted targets; counts the people who lose all theirs, by cause.
void keep_what_is_asked(Examination& examination, const Question& question) {
  const std::vector<EvaluationCase> all = std::move(examination.judged.cases);
  std::size_t people = count_people(all);
  WantedTargets wanted;
  const auto leave_out = [&](std::string_view key, std::string_view why) {
    examination.judged = wanted_cases(examination.data, all, wanted);
    const std::size_t left = count_people(examination.judged.cases);
    examination.skipped.push_back({key, why, people - left});
    people = left;
  };
  wanted.event = question.event.has_value();
  leave_out("other_events", "have no target of the event");
  wanted.fresh = examination.repeats == Repeats::forbid;
  leave_out("repeats", "have only targets that repeat earlier items, which is forbidden");
  wanted.liked = examination.liked.has_value();
  leave_out("low", "have only targets that they rated low");
  std::erase_if(examination.skipped, [](const SkippedPeople& skipped) { return skipped.people == 0; });
}

}  // namespace

std::size_t count_people(std::span<const EvaluationCase> cases) {
  return cases_per_person(cases).size();
}

std::vector<std::size_t> cases_per_person(std::span<const EvaluationCase> cases) {
  std::vector<std::size_t> counts;
  for (std::size_t c = 0; c < cases.size(); ++c) {
    if (c == 0 || cases[c].user != cases[c - 1].user) counts.push_back(0);
    ++counts.back();
  }
  return counts;
}

Examination examine(const Database& db, const Question& question) {
  if (question.targets) return examine_pairs(db, question);
  if (question.event) require_event(db, *question.event);
  const std::optional<Liking> liked = question.liked ? question.liked : published_liking(db, question.model);
  const Liking liking = liked.value_or(Liking{});
  Examination examination{
      .protocol = question.protocol,
      .holdout = {},
      .cut = {},
      .model = {},
      .data = question.event ? load_dataset_marking(db, *question.event, liking) : load_dataset(db, liking),
      .training = {},
      .target_cases = {},
      .skipped = {},
      .judged = {}};
  const Dataset& data = examination.data;
  const std::optional<ModelRecord> model = judged_model(db, question, data_fingerprint(data));
  if (model) examination.model = model->id;
  const Holdout holdout = holdout_of(question, model);
  examination.holdout = holdout;
  if (holdout.kind == HoldoutKind::temporal) examination.cut = temporal_cut(data, holdout.quantile);
  examination.training = training_of(data, holdout, model);
  examination.repeats = model ? stored_repeats(*model) : usual_repeats(data, holdout);
  examination.judged.cases = test_cases(data, holdout);
  if (examination.judged.cases.empty()) {
    throw DataError(fmt::format(
        "{}: nobody has enough history for --protocol {} ({})", db.path(), question.protocol,
        examination.cut ? "something before the time cut and something after it" : "three interactions are needed"));
  }
  examination.liked = liked;
  examination.skipped = without_history(data, examination.cut);
  keep_what_is_asked(examination, question);
  return examination;
}

}  // namespace infodiet::recsys
