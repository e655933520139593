// `infodiet evaluate`: how well every model predicts what people took in next.

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cctype>
#include <memory>
#include <nlohmann/json.hpp>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "recsys/attention/model_file.hpp"
#include "recsys/baselines/baselines.hpp"
#include "recsys/errors.hpp"
#include "recsys/evaluation/bootstrap.hpp"
#include "recsys/evaluation/examination.hpp"
#include "recsys/evaluation/metrics.hpp"
#include "recsys/evaluation/next.hpp"
#include "recsys/evaluation/per_user.hpp"
#include "recsys/evaluation/ranks.hpp"
#include "recsys/evaluation/trec.hpp"
#include "recsys/store/catalogue.hpp"
#include "recsys/store/model_names.hpp"
#include "recsys/store/model_store.hpp"
#include "rl/answers/list_qualities.hpp"
#include "rl/policies/balanced_list.hpp"
#include "tools/cli/command.hpp"
#include "tools/cli/errors.hpp"
#include "tools/cli/liked_option.hpp"
#include "tools/cli/model_option.hpp"
#include "tools/cli/remember_output.hpp"
#include "tools/commands/commands.hpp"
#include "tools/commands/evaluate_audit.hpp"
#include "tools/commands/evaluate_explanations.hpp"
#include "tools/terminal/progress.hpp"
#include "tools/terminal/table.hpp"
#include "tools/terminal/text.hpp"

namespace infodiet::tools {

namespace {

struct EvaluateOptions {
  std::string protocol = "leave-one-out";
  std::vector<std::size_t> cutoffs = {5, 10, 20};
  std::optional<std::string> targets = {};
  std::optional<std::string> trec_folder = {};
  std::optional<std::string> per_user_file = {};
  std::vector<double> diet_weights = {};
  bool audit = false;
  bool explanations = false;
  bool next = false;
  std::optional<std::int64_t> model = {};
  LikedOption liked = {};
};

class EvaluateCommand final : public Command {
 public:
  void setup(CommandSpec& spec) override;
  ExitCode run(const Context& context) override;

 private:
  EvaluateOptions options_;
};

constexpr recsys::Metric shown[] = {recsys::Metric::hit_rate, recsys::Metric::ndcg, recsys::Metric::mrr};
// Long enough for what evaluators usually look at; the lists written for them are at least this long.
constexpr std::size_t trec_list_length = 100;
// The figure that models are compared by.
constexpr std::size_t compared_k = 10;

struct Examined {
  recsys::RankedCases ranked;
  std::vector<double> compared;  // NDCG@10, case by case
};

recsys::ModelRecord judged_model(const recsys::Database& db, const std::optional<std::int64_t>& id) {
  if (id) return recsys::require_model(db, *id);
  const auto published = recsys::find_model(db, recsys::attention_model, recsys::ModelState::published);
  if (published) return *published;
  throw recsys::DataError(fmt::format(
      "{}: no attention model is published: 'infodiet train' makes one, which --next can ask afterwards", db.path()));
}

// How much better the first is than the second.
struct Difference {
  std::string first;
  std::string second;
  recsys::Interval interval;
};

std::string column_title(recsys::Metric metric, std::size_t k) {
  std::string title = recsys::metric_key(metric, k);
  std::transform(title.begin(), title.end(), title.begin(), [](unsigned char c) { return std::toupper(c); });
  return title;
}

Table table_of(const std::vector<Examined>& models, const std::vector<std::size_t>& cutoffs) {
  std::vector<Column> columns = {{.title = "model"}};
  for (const recsys::Metric metric : shown) {
    for (const std::size_t k : cutoffs) columns.push_back({.title = column_title(metric, k), .align = Align::right});
  }
  Table table(std::move(columns));
  for (const Examined& model : models) {
    std::vector<std::string> cells = {model.ranked.model};
    for (const recsys::Metric metric : shown) {
      for (const std::size_t k : cutoffs) {
        cells.push_back(fmt::format("{:.4f}", recsys::mean(recsys::metric_per_case(metric, model.ranked, k))));
      }
    }
    table.add(std::move(cells));
  }
  return table;
}

std::size_t longest_list(const EvaluateOptions& options) {
  return std::max(*std::max_element(options.cutoffs.begin(), options.cutoffs.end()),
                  options.trec_folder ? trec_list_length : std::size_t{1});
}

std::vector<std::unique_ptr<recsys::Recommender>> models_to_examine(const recsys::Database& db,
                                                                    const EvaluateOptions& options,
                                                                    const recsys::Examination& examination,
                                                                    const rl::ListQualities& qualities) {
  std::vector<std::unique_ptr<recsys::Recommender>> models;
  for (const std::string_view name : recsys::baselines_for(examination.repeats)) {
    models.push_back(recsys::make_baseline(name, examination.training));
  }
  if (options.model || recsys::find_model(db, recsys::attention_model, recsys::ModelState::published)) {
    models.push_back(recsys::load_attention_model(db, examination.data, {.id = options.model}));
  }
  if (options.diet_weights.empty()) return models;
  if (qualities.topics().names.empty()) {
    throw recsys::DataError(fmt::format(
        "--diet: the items of {} have no topics to balance; import items with topics (a column of genres will do)",
        db.path()));
  }
  const recsys::Recommender& judged = *models.back();
  for (const double weight : options.diet_weights) {
    models.push_back(std::make_unique<rl::BalancedRecommender>(
        judged, qualities.topics(),
        rl::BalanceOptions{.weight = weight, .length = longest_list(options), .repeats = examination.repeats}));
  }
  return models;
}

void write_files(const recsys::Database& db, const EvaluateOptions& options, const recsys::Examination& examination,
                 const std::vector<recsys::Item>& items, const std::vector<Examined>& examined) {
  if (!options.trec_folder && !options.per_user_file) return;
  const std::vector<recsys::User> users = recsys::list_users(db);
  const recsys::KeyNames keys{.user = [&](std::size_t user) { return users[user].key; },
                              .item = [&](recsys::ItemIndex item) { return items[item].key; }};
  if (options.trec_folder) {
    recsys::write_trec_qrels(*options.trec_folder, examination.judged.cases, keys);
    for (const Examined& model : examined) {
      recsys::write_trec_run(*options.trec_folder, examination.judged.cases, model.ranked, keys);
    }
  }
  if (options.per_user_file) {
    std::vector<recsys::RankedCases> all;
    for (const Examined& model : examined) all.push_back(model.ranked);
    std::vector<recsys::MetricAtK> metrics;
    for (const recsys::Metric metric : shown) {
      for (const std::size_t k : options.cutoffs) metrics.push_back({metric, k});
    }
    recsys::write_per_user(*options.per_user_file, examination.judged.cases, all, metrics, keys);
  }
}

void add_to(Json& row, const rl::ListQuality& quality, std::size_t k) {
  const auto or_null = [](const std::optional<double>& value) { return value ? Json(*value) : Json(nullptr); };
  row[fmt::format("coverage@{}", k)] = quality.coverage;
  row[fmt::format("gini@{}", k)] = quality.gini;
  row[fmt::format("novelty@{}", k)] = quality.novelty;
  row[fmt::format("diversity@{}", k)] = or_null(quality.diversity);
  row[fmt::format("miscalibration@{}", k)] = or_null(quality.miscalibration);
}

// Targets that are no case.
Json skipped_json(const recsys::Examination& examination) {
  Json skipped = {{"forbidden", examination.judged.forbidden}, {"low", examination.judged.low}};
  if (examination.target_cases) {
    skipped["unknown_users"] = examination.target_cases->skipped.unknown_users;
    skipped["unknown_items"] = examination.target_cases->skipped.unknown_items;
  }
  return skipped;
}

// The same in words, and what repeats are; empty where there is nothing to say.
std::string skipped_text(const recsys::Examination& examination) {
  std::vector<std::string> parts;
  if (examination.repeats == recsys::Repeats::allow) parts.push_back("repeats are allowed: nothing is filtered");
  if (examination.judged.forbidden > 0) {
    parts.push_back(
        examination.judged.forbidden == 1
            ? "1 target that repeats the history before it is no case"
            : fmt::format("{} targets that repeat the history before them are no case", examination.judged.forbidden));
  }
  if (examination.liked) {
    parts.push_back(fmt::format(
        "asked for is only what is liked ({}): {} rated lower {} no case", recsys::format_liking(*examination.liked),
        counted(examination.judged.low, "target", "targets"), examination.judged.low == 1 ? "is" : "are"));
  }
  if (examination.target_cases) {
    const recsys::TargetCases::Skipped& skipped = examination.target_cases->skipped;
    if (skipped.unknown_users > 0)
      parts.push_back(fmt::format("{} pairs of unknown users skipped", skipped.unknown_users));
    if (skipped.unknown_items > 0)
      parts.push_back(fmt::format("{} pairs of unknown items skipped", skipped.unknown_items));
  }
  return fmt::format("{}", fmt::join(parts, "; "));
}

Json to_json(const EvaluateOptions& options, const recsys::Examination& examination,
             const std::vector<Examined>& examined, const std::vector<Difference>& differences,
             const rl::ListQualities& qualities) {
  Json rows = Json::array();
  for (const Examined& model : examined) {
    Json row = {{"name", model.ranked.model}};
    for (const std::size_t k : options.cutoffs) {
      for (const recsys::Metric metric : recsys::all_metrics) {
        row[recsys::metric_key(metric, k)] = recsys::mean(recsys::metric_per_case(metric, model.ranked, k));
      }
      add_to(row, qualities.of(examination.judged.cases, model.ranked, k), k);
    }
    rows.push_back(std::move(row));
  }
  Json compared = Json::array();
  for (const Difference& d : differences) {
    compared.push_back({{"models", {d.first, d.second}},
                        {"metric", recsys::metric_key(recsys::Metric::ndcg, compared_k)},
                        {"difference", d.interval.mean},
                        {"low", d.interval.low},
                        {"high", d.interval.high}});
  }
  return Json{{"protocol", examination.protocol},           {"users", examination.judged.cases.size()},
              {"items", examination.data.catalogue_size()}, {"repeats", recsys::format_repeats(examination.repeats)},
              {"skipped", skipped_json(examination)},       {"models", std::move(rows)},
              {"differences", std::move(compared)}};
}

Json to_json(const recsys::NextPairs& next) {
  return {{"asked", next.asked}, {"repeated", next.repeated}, {"newcomers", next.newcomers}};
}

void print_pairs(const recsys::NextPairs& next, const Console& console) {
  console.print_prose(fmt::format("{} new pairs are asked for; skipped: {} repeated, {} of people nothing was known of",
                                  next.asked, next.repeated, next.newcomers));
}

void print_figures(const EvaluateOptions& options, const recsys::Examination& examination,
                   const std::vector<Examined>& examined, const std::vector<Difference>& differences,
                   const rl::ListQualities& qualities, const Console& console) {
  console.print(fmt::format("{}: {} users, ranking all {} items", examination.protocol, examination.judged.cases.size(),
                            examination.data.catalogue_size()));
  if (const std::string text = skipped_text(examination); !text.empty()) console.print_prose(text);
  table_of(examined, options.cutoffs).print(console);
  if (!options.diet_weights.empty()) {
    for (std::size_t i = examined.size() - 1 - options.diet_weights.size(); i < examined.size(); ++i) {
      const std::optional<double> far =
          qualities.miscalibration(examination.judged.cases, examined[i].ranked, compared_k);
      if (far) console.print(fmt::format("{}: miscalibration@{} {:.4f}", examined[i].ranked.model, compared_k, *far));
    }
  }
  for (const Difference& d : differences) {
    console.print_prose(fmt::format("{} over {}: NDCG@{} {:+.4f}, 95 % interval [{:+.4f}, {:+.4f}]", d.first, d.second,
                                    compared_k, d.interval.mean, d.interval.low, d.interval.high));
  }
}

std::vector<Examined> examine_all(std::span<const std::unique_ptr<recsys::Recommender>> models,
                                  const recsys::Examination& examination, std::size_t longest, engine::ThreadPool& pool,
                                  const Console& console) {
  Progress progress(console, "evaluating", models.size());
  std::vector<Examined> examined;
  for (const std::unique_ptr<recsys::Recommender>& model : models) {
    recsys::RankedCases ranked =
        recsys::rank_cases(*model, examination.judged.cases, longest, pool, examination.repeats);
    std::vector<double> compared = recsys::metric_per_case(recsys::Metric::ndcg, ranked, compared_k);
    examined.push_back({std::move(ranked), std::move(compared)});
    progress.update(examined.size());
  }
  return examined;
}

// The model that is judged beside every other one.
std::vector<Difference> differences_of(std::span<const Examined> examined, std::size_t judged, std::uint64_t seed,
                                       engine::ThreadPool& pool) {
  std::vector<Difference> differences;
  for (std::size_t other = 0; other < examined.size(); ++other) {
    if (other == judged) continue;
    const Examined& better = examined[std::max(judged, other)];
    const Examined& worse = examined[std::min(judged, other)];
    differences.push_back(
        {.first = better.ranked.model,
         .second = worse.ranked.model,
         .interval = recsys::paired_bootstrap(better.compared, worse.compared, {.seed = seed}, pool)});
  }
  return differences;
}

}  // namespace

void EvaluateCommand::setup(CommandSpec& spec) {
  spec.description =
      "Asks every model what each person took in next and prints how well it did, over the whole catalogue: the "
      "baselines, counted anew from what may be learnt from, and the attention model if one is published. A model is "
      "never scored on what it was trained on. With 'leave-one-out' the last item of each history is asked for, with "
      "'temporal' all that came after the time cut of 'train --holdout temporal:0.9', with --targets the pairs of a "
      "file after the whole stored history, with --next what came in since the model was trained.";
  spec.example = "infodiet evaluate --db world.db --k 5,10,20";
  spec.options.choice({.name = "protocol", .value = "HOW", .help = "what is asked for"}, options_.protocol,
                      {std::string(recsys::leave_one_out), std::string(recsys::temporal)});
  spec.options.integers({.name = "k", .value = "N,N,...", .help = "lengths of the lists that are judged"},
                        options_.cutoffs, Range<std::size_t>{.minimum = 1, .maximum = 1000000});
  spec.options.text({.name = "targets", .value = "FILE", .help = "score these user,item pairs instead"},
                    options_.targets);
  spec.options.text({.name = "trec", .value = "DIR", .help = "write qrels.txt and <model>.run for other evaluators"},
                    options_.trec_folder);
  spec.options.text({.name = "per-user", .value = "FILE", .help = "write every user's ranks and figures as CSV"},
                    options_.per_user_file);
  spec.options.numbers(
      {.name = "diet", .value = "W,W,...", .help = "also judge lists balanced as 'recommend --diet W' does"},
      options_.diet_weights, {.minimum = 0, .maximum = 1});
  spec.options.flag(
      {.name = "audit", .help = "also count what could flatter the figures, and tell them apart by history and target"},
      options_.audit);
  spec.options.flag({.name = "explanations", .help = "measure instead whether the reasons given carry the scores"},
                    options_.explanations);
  spec.options.flag({.name = "next", .help = "ask for what came in since the model was trained, instead"},
                    options_.next);
  add_model_option(spec.options, options_.model);
  options_.liked.add_to(spec.options, "everything is asked for, unless the model was trained with --liked");
}

ExitCode EvaluateCommand::run(const Context& context) {
  const Console& console = context.console;
  const recsys::Database db(context.shared.database, recsys::OpenMode::read_only);
  const recsys::Snapshot snapshot(db);
  if (options_.explanations) return evaluate_explanations(db, options_.model, context);
  const std::optional<recsys::Liking> liked = options_.liked.liking();
  if (liked && (options_.targets || options_.next)) {
    throw UsageError("--liked says which cases of a protocol are asked for: give it without --targets and --next");
  }
  recsys::NextPairs next;
  const recsys::Examination examination =
      options_.next ? recsys::examine_next(db, judged_model(db, options_.model), next)
                    : recsys::examine(db, options_.protocol, options_.targets, options_.model, liked);
  if (!options_.model && !recsys::find_model(db, recsys::attention_model, recsys::ModelState::published)) {
    console.note("no attention model is published: 'infodiet train' makes one");
  }
  const std::vector<recsys::Item> items = recsys::list_items(db);
  const rl::ListQualities qualities(examination.training, items);
  if (examination.judged.cases.empty()) {
    if (console.json()) {
      console.print_json(to_json(options_, examination, {}, {}, qualities));
    } else {
      console.print_prose(fmt::format("{}: no case is left: {}", examination.protocol, skipped_text(examination)));
    }
    return ExitCode::done;
  }
  const std::vector<std::unique_ptr<recsys::Recommender>> all = models_to_examine(db, options_, examination, qualities);
  engine::ThreadPool pool(context.shared.threads);
  const std::vector<Examined> examined = examine_all(all, examination, longest_list(options_), pool, console);
  write_files(db, options_, examination, items, examined);
  if (options_.trec_folder) remember_output(context, "rankings", *options_.trec_folder);
  if (options_.per_user_file) remember_output(context, "ranks", *options_.per_user_file);

  // The last model before the balanced ones is the one to judge.
  const std::size_t judged = examined.size() - 1 - options_.diet_weights.size();
  const std::vector<Difference> differences = differences_of(examined, judged, context.shared.seed, pool);

  std::optional<Audit> audit;
  if (options_.audit) {
    audit = audit_of(examination, *all[judged], examined[judged].ranked, context.shared.seed, pool);
  }
  if (console.json()) {
    Json json = to_json(options_, examination, examined, differences, qualities);
    if (options_.next) json["next"] = to_json(next);
    if (audit) json["audit"] = to_json(*audit);
    console.print_json(json);
  } else {
    if (options_.next) print_pairs(next, console);
    print_figures(options_, examination, examined, differences, qualities, console);
    if (audit) print_audit(console, *audit);
  }
  return ExitCode::done;
}

std::unique_ptr<Command> make_evaluate() {
  return std::make_unique<EvaluateCommand>();
}

}  // namespace infodiet::tools
