#include "tools/commands/evaluate_figures.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cctype>
#include <nlohmann/json.hpp>

#include "recsys/import/times.hpp"
#include "tools/terminal/table.hpp"
#include "tools/terminal/text.hpp"

namespace infodiet::tools {

namespace {

std::string column_title(recsys::Metric metric, std::size_t k) {
  std::string title = recsys::metric_key(metric, k);
  std::transform(title.begin(), title.end(), title.begin(), [](unsigned char c) { return std::toupper(c); });
  return title;
}

std::string figure_text(recsys::Metric metric, const Examined& model, std::size_t k) {
  return fmt::format("{:.4f}", recsys::mean(recsys::metric_per_case(metric, model.ranked, k)));
}

Table table_of(const Figures& figures) {
  std::vector<Column> columns = {{.title = "model"}};
  for (const recsys::Metric metric : shown_metrics) {
    for (const std::size_t k : figures.cutoffs) {
      columns.push_back({.title = column_title(metric, k), .align = Align::right});
    }
  }
  Table table(std::move(columns));
  for (const Examined& model : figures.models) {
    std::vector<std::string> cells = {model.ranked.model};
    for (const recsys::Metric metric : shown_metrics) {
      for (const std::size_t k : figures.cutoffs) cells.push_back(figure_text(metric, model, k));
    }
    table.add(std::move(cells));
  }
  return table;
}

void add_to(Json& row, const rl::ListQuality& quality, std::size_t k) {
  const auto or_null = [](const std::optional<double>& value) { return value ? Json(*value) : Json(nullptr); };
  row[fmt::format("coverage@{}", k)] = quality.coverage;
  row[fmt::format("gini@{}", k)] = quality.gini;
  row[fmt::format("novelty@{}", k)] = quality.novelty;
  row[fmt::format("diversity@{}", k)] = or_null(quality.diversity);
  row[fmt::format("miscalibration@{}", k)] = or_null(quality.miscalibration);
}

// Targets that are left out.
Json skipped_json(const recsys::Examination& examination) {
  Json skipped = {{"forbidden", examination.judged.forbidden},
                  {"low", examination.judged.low},
                  {"other_events", examination.judged.other_events}};
  if (examination.target_cases) {
    skipped["unknown_users"] = examination.target_cases->skipped.unknown_users;
    skipped["unknown_items"] = examination.target_cases->skipped.unknown_items;
    skipped["twice"] = examination.target_cases->skipped.twice;
  }
  Json people = Json::object();
  for (const recsys::SkippedPeople& cause : examination.skipped) people[std::string(cause.key)] = cause.people;
  skipped["people"] = std::move(people);
  return skipped;
}

// The same in words, and the repeats policy; empty if there is nothing to say.
std::string skipped_text(const recsys::Examination& examination) {
  std::vector<std::string> parts;
  const auto say = [&](std::size_t count, std::string_view one, std::string_view many) {
    if (count > 0) parts.push_back(fmt::format("{} {}", count, count == 1 ? one : many));
  };
  if (examination.repeats == recsys::Repeats::allow) parts.emplace_back("repeats are allowed: nothing is filtered");
  say(examination.judged.other_events, "target of another event left out", "targets of other events left out");
  say(examination.judged.forbidden, "repeated target left out", "repeated targets left out");
  if (examination.liked) {
    parts.push_back(fmt::format(
        "only liked targets count ({}): {} rated lower {} left out", recsys::format_liking(*examination.liked),
        counted(examination.judged.low, "target", "targets"), examination.judged.low == 1 ? "is" : "are"));
  }
  if (examination.target_cases) {
    const recsys::TargetCases::Skipped& skipped = examination.target_cases->skipped;
    say(skipped.unknown_users, "pair of an unknown user skipped", "pairs of unknown users skipped");
    say(skipped.unknown_items, "pair of an unknown item skipped", "pairs of unknown items skipped");
    say(skipped.twice, "pair occurs twice and counts once", "pairs occur again and count once");
  }
  return fmt::format("{}", fmt::join(parts, "; "));
}

// "temporal: 40 users, 55 cases (successive) after 2024-03-01T10:00:00Z, ranking all 60 items"
std::string heading_of(const recsys::Examination& examination) {
  const std::span<const recsys::EvaluationCase> cases = examination.judged.cases;
  const std::size_t people = recsys::count_people(cases);
  std::string text = fmt::format("{}: {}", examination.protocol, counted(people, "user", "users"));
  if (people != cases.size()) text += ", " + counted(cases.size(), "case", "cases");
  if (examination.cut) {
    const recsys::Asked asked = examination.holdout->asked.value_or(recsys::Asked::all);
    text += fmt::format(" after {}, {} of what they consumed then", recsys::text_of({*examination.cut, 0}),
                        recsys::format_asked(asked));
  }
  return fmt::format("{}, ranking all {} items", text, examination.data.catalogue_size());
}

// Whether the attention model knows the items that it was validated on.
bool is_refit(const recsys::Examination& examination) {
  return examination.model && examination.holdout && examination.holdout->refit;
}

void print_refit(const recsys::Examination& examination, const Console& console) {
  if (!is_refit(examination)) return;
  console.print_prose(
      "all models here know the validation items too (train --refit); published figures are of models that do not");
}

Json next_json(const recsys::NextPairs& next) {
  return {{"asked", next.asked},
          {"repeated", next.repeated},
          {"newcomers", next.newcomers},
          {"other_events", next.other_events}};
}

void print_pairs(const recsys::NextPairs& next, const Console& console) {
  console.print_prose(fmt::format("{} new pairs; skipped: {} repeated, {} of people without a history", next.asked,
                                  next.repeated, next.newcomers));
}

void print_balance(const Figures& figures, const Console& console) {
  if (figures.balanced == 0) return;
  for (std::size_t i = figures.models.size() - 1 - figures.balanced; i < figures.models.size(); ++i) {
    const recsys::RankedCases& ranked = figures.models[i].ranked;
    const auto far = figures.qualities.miscalibration(figures.examination.judged.cases, ranked, compared_k);
    if (far) console.print(fmt::format("{}: miscalibration@{} {:.4f}", ranked.model, compared_k, *far));
  }
}

Json model_json(const Figures& figures, const Examined& model) {
  Json row = {{"name", model.ranked.model}};
  for (const std::size_t k : figures.cutoffs) {
    for (const recsys::Metric metric : recsys::all_metrics) {
      row[recsys::metric_key(metric, k)] = recsys::mean(recsys::metric_per_case(metric, model.ranked, k));
    }
    add_to(row, figures.qualities.of(figures.examination.judged.cases, model.ranked, k), k);
  }
  return row;
}

const Examined* find_model(const Figures& figures, std::string_view name) {
  const auto found = std::find_if(figures.models.begin(), figures.models.end(),
                                  [&](const Examined& model) { return model.ranked.model == name; });
  return found == figures.models.end() ? nullptr : &*found;
}

// Explains missing figures of the attention model.
void note_missing(const Figures& figures, const Console& console) {
  if (figures.examination.model) return;
  console.print_prose(fmt::format("no kept attention model was trained for {}: run 'infodiet train --holdout {}'",
                                  figures.examination.protocol, recsys::format_holdout(*figures.examination.holdout)));
}

}  // namespace

Json to_json(const Figures& figures) {
  const recsys::Examination& examination = figures.examination;
  Json rows = Json::array();
  for (const Examined& model : figures.models) rows.push_back(model_json(figures, model));
  Json compared = Json::array();
  for (const Difference& d : figures.differences) {
    compared.push_back({{"models", {d.first, d.second}},
                        {"metric", recsys::metric_key(recsys::Metric::ndcg, compared_k)},
                        {"difference", d.interval.mean},
                        {"low", d.interval.low},
                        {"high", d.interval.high}});
  }
  Json json{{"protocol", examination.protocol},
            {"users", recsys::count_people(examination.judged.cases)},
            {"cases", examination.judged.cases.size()},
            {"items", examination.data.catalogue_size()},
            {"repeats", recsys::format_repeats(examination.repeats)},
            {"refit", is_refit(examination)},
            {"skipped", skipped_json(examination)},
            {"models", std::move(rows)},
            {"differences", std::move(compared)}};
  if (examination.cut) {
    json["cut"] = *examination.cut;
    json["asked"] = recsys::format_asked(examination.holdout->asked.value_or(recsys::Asked::all));
  }
  if (figures.next) json["next"] = next_json(*figures.next);
  if (figures.audit) json["audit"] = to_json(*figures.audit);
  return json;
}

void print_figures(const Figures& figures, const Console& console) {
  const std::string skipped = skipped_text(figures.examination);
  if (figures.models.empty()) {
    return console.print_prose(fmt::format("{}: no target is left: {}", figures.examination.protocol, skipped));
  }
  if (figures.next) print_pairs(*figures.next, console);
  console.print_prose(heading_of(figures.examination));
  print_refit(figures.examination, console);
  if (!skipped.empty()) console.print_prose(skipped);
  table_of(figures).print(console);
  print_balance(figures, console);
  for (const Difference& d : figures.differences) {
    console.print_prose(fmt::format("{} over {}: NDCG@{} {:+.4f}, 95 % interval [{:+.4f}, {:+.4f}]", d.first, d.second,
                                    compared_k, d.interval.mean, d.interval.low, d.interval.high));
  }
  if (figures.audit) print_audit(console, *figures.audit);
}

void print_side_by_side(const Figures& left, const Figures& right, const Console& console) {
  std::vector<std::string> names;
  std::vector<Column> columns = {{.title = "model"}};
  for (const recsys::Metric metric : shown_metrics) {
    const std::string title = column_title(metric, compared_k);
    columns.push_back({.title = title, .align = Align::right});
    columns.push_back({.title = title + " cut", .align = Align::right});
  }
  for (const Figures* side : {&left, &right}) {
    for (const Examined& model : side->models) {
      if (std::find(names.begin(), names.end(), model.ranked.model) == names.end()) names.push_back(model.ranked.model);
    }
  }
  Table table(std::move(columns));
  for (const std::string& name : names) {
    std::vector<std::string> cells = {name};
    for (const recsys::Metric metric : shown_metrics) {
      for (const Figures* side : {&left, &right}) {
        const Examined* model = find_model(*side, name);
        cells.push_back(model == nullptr ? "-" : figure_text(metric, *model, compared_k));
      }
    }
    table.add(std::move(cells));
  }
  for (const Figures* side : {&left, &right}) {
    console.print_prose(heading_of(side->examination));
    print_refit(side->examination, console);
    const std::string skipped = skipped_text(side->examination);
    if (!skipped.empty()) console.print_prose(skipped);
  }
  table.print(console);
  for (const Figures* side : {&left, &right}) {
    note_missing(*side, console);
    if (!side->audit) continue;
    console.print(fmt::format("\n{}", side->examination.protocol));
    print_audit(console, *side->audit);
  }
}

}  // namespace infodiet::tools
