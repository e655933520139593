// `infodiet evaluate`: how well every model predicts what people consumed next.

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <memory>
#include <nlohmann/json.hpp>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "recsys/attention/judged_baselines.hpp"
#include "recsys/attention/model_file.hpp"
#include "recsys/attention/shared_ranks.hpp"
#include "recsys/baselines/baselines.hpp"
#include "recsys/baselines/ease.hpp"
#include "recsys/errors.hpp"
#include "recsys/evaluation/examination.hpp"
#include "recsys/evaluation/next.hpp"
#include "recsys/evaluation/per_user.hpp"
#include "recsys/evaluation/trec.hpp"
#include "recsys/store/catalogue.hpp"
#include "recsys/store/item_table.hpp"
#include "recsys/store/model_names.hpp"
#include "recsys/store/model_store.hpp"
#include "rl/policies/calibrated_list.hpp"
#include "tools/cli/command.hpp"
#include "tools/cli/errors.hpp"
#include "tools/cli/liked_option.hpp"
#include "tools/cli/model_option.hpp"
#include "tools/cli/remember_output.hpp"
#include "tools/commands/commands.hpp"
#include "tools/commands/evaluate_cold.hpp"
#include "tools/commands/evaluate_explanations.hpp"
#include "tools/commands/evaluate_figures.hpp"
#include "tools/commands/evaluate_logged.hpp"
#include "tools/commands/evaluate_noise.hpp"
#include "tools/terminal/progress.hpp"

namespace infodiet::tools {

namespace {

// Leave-one-out and the time cut, side by side.
constexpr std::string_view both_protocols = "both";

struct EvaluateOptions {
  std::string protocol = "leave-one-out";
  std::string asked = {};
  std::vector<std::size_t> cutoffs = {5, 10, 20};
  std::optional<std::string> targets = {};
  std::optional<std::string> event = {};
  std::optional<std::string> trec_folder = {};
  std::optional<std::string> per_user_file = {};
  bool raw = false;
  std::vector<double> diet_weights = {};
  std::vector<double> noise = {};
  std::optional<double> cold = {};
  bool audit = false;
  bool explanations = false;
  bool next = false;
  std::optional<std::string> logged = {};
  std::optional<std::string> target = {};
  std::optional<std::string> csv = {};
  std::optional<std::int64_t> model = {};
  LikedOption liked = {};
};

class EvaluateCommand final : public Command {
 public:
  void setup(CommandSpec& spec) override;
  ExitCode run(const Context& context) override;

 private:
  void add_measurements(OptionSet& options);
  void check_options() const;
  recsys::Question question(std::string_view protocol) const;
  ExitCode run_both(const recsys::Database& db, const Context& context) const;

  EvaluateOptions options_;
};

// Lists for other evaluators have at least this length, which covers the usual cutoffs.
constexpr std::size_t trec_list_length = 100;

recsys::ModelRecord judged_model(const recsys::Database& db, const std::optional<std::int64_t>& id) {
  if (id) return recsys::require_model(db, *id);
  const auto published = recsys::find_model(db, recsys::attention_model, recsys::ModelState::published);
  if (published) return *published;
  throw recsys::DataError(fmt::format(
      "{}: no attention model is published: run 'infodiet train'; --next can evaluate it afterwards", db.path()));
}

std::size_t longest_list(const EvaluateOptions& options) {
  return std::max(*std::max_element(options.cutoffs.begin(), options.cutoffs.end()),
                  options.trec_folder ? trec_list_length : std::size_t{1});
}

std::vector<std::shared_ptr<const recsys::Recommender>> models_to_examine(const recsys::Database& db,
                                                                          const EvaluateOptions& options,
                                                                          const recsys::Examination& examination,
                                                                          const rl::ListQualities& qualities) {
  std::shared_ptr<const recsys::BlendedModel> attention;
  if (examination.model) {
    attention = recsys::load_attention_model(db, examination.data, {.id = examination.model});
  }
  std::vector<std::shared_ptr<const recsys::Recommender>> models =
      recsys::judged_baselines(examination, attention.get());
  if (attention) models.push_back(attention);
  if (options.diet_weights.empty()) return models;
  if (qualities.topics().names.empty()) {
    throw recsys::DataError(fmt::format(
        "--diet: the items of {} have no topics to balance; import items with topics (a column of genres is enough)",
        db.path()));
  }
  const recsys::Recommender& judged = *models.back();
  for (const double weight : options.diet_weights) {
    models.push_back(std::make_shared<rl::CalibratedRecommender>(
        judged, qualities.topics(),
        rl::BalanceOptions{.weight = weight, .length = longest_list(options), .repeats = examination.repeats}));
  }
  return models;
}

void write_files(const recsys::Database& db, const EvaluateOptions& options, const recsys::Examination& examination,
                 const recsys::ItemTable& items, const std::vector<Examined>& examined) {
  if (!options.trec_folder && !options.per_user_file) return;
  const std::vector<recsys::User> users = recsys::list_users(db);
  const recsys::KeyNames keys{.user = [&](std::size_t user) { return users[user].key; },
                              .item = [&](recsys::ItemIndex item) { return std::string(items.key(item)); }};
  if (options.trec_folder) {
    recsys::write_trec_qrels(*options.trec_folder, examination.judged.cases, keys);
    for (const Examined& model : examined) {
      recsys::write_trec_run(*options.trec_folder, examination.judged.cases, model.ranked, keys);
    }
  }
  if (options.per_user_file) {
    std::vector<recsys::RankedCases> all;
    all.reserve(examined.size());
    for (const Examined& model : examined) all.push_back(model.ranked);
    std::vector<recsys::MetricAtK> metrics;
    for (const recsys::Metric metric : shown_metrics) {
      for (const std::size_t k : options.cutoffs) metrics.push_back({metric, k});
    }
    recsys::write_per_user(*options.per_user_file, examination.judged.cases, all,
                           {metrics, options.raw ? recsys::CellText::raw : recsys::CellText::inert}, keys);
  }
}

std::vector<Examined> examine_all(std::span<const std::shared_ptr<const recsys::Recommender>> models,
                                  const recsys::Examination& examination, std::size_t longest, engine::ThreadPool& pool,
                                  const Context& context) {
  Progress progress(context.console, "evaluating", models.size());
  std::vector<Examined> examined;
  for (const std::shared_ptr<const recsys::Recommender>& model : models) {
    recsys::RankedCases ranked = recsys::rank_cases_together(context.processes, *model, examination.judged.cases,
                                                             longest, pool, examination.repeats);
    std::vector<double> compared = recsys::metric_per_case(recsys::Metric::ndcg, ranked, compared_k);
    examined.push_back({std::move(ranked), std::move(compared)});
    progress.update(examined.size());
  }
  return examined;
}

// The differences of one model from the others.
std::vector<Difference> differences_of(std::span<const Examined> examined, std::size_t judged,
                                       const recsys::BootstrapOptions& bootstrap, engine::ThreadPool& pool,
                                       engine::Communicator& processes) {
  std::vector<recsys::ValuePair> pairs;
  std::vector<Difference> differences;
  for (std::size_t other = 0; other < examined.size(); ++other) {
    if (other == judged) continue;
    const Examined& better = examined[std::max(judged, other)];
    const Examined& worse = examined[std::min(judged, other)];
    pairs.push_back({better.compared, worse.compared});
    differences.push_back({.first = better.ranked.model, .second = worse.ranked.model, .interval = {}});
  }
  const std::vector<recsys::Interval> intervals = recsys::paired_bootstraps(pairs, bootstrap, pool, processes);
  for (std::size_t i = 0; i < differences.size(); ++i) differences[i].interval = intervals[i];
  return differences;
}

// Every model on the cases of an examination; none without cases.
Figures figures_of(const recsys::Database& db, const EvaluateOptions& options, const recsys::Examination& examination,
                   const rl::ListQualities& qualities, const Context& context) {
  Figures figures{.examination = examination,
                  .qualities = qualities,
                  .cutoffs = options.cutoffs,
                  .balanced = options.diet_weights.size()};
  if (examination.judged.cases.empty()) return figures;
  const std::vector<std::shared_ptr<const recsys::Recommender>> all =
      models_to_examine(db, options, examination, qualities);
  engine::ThreadPool pool(context.shared.threads);
  figures.models = examine_all(all, examination, longest_list(options), pool, context);
  // The last model before the balanced ones is the one to compare.
  const std::size_t judged = all.size() - 1 - figures.balanced;
  const std::uint64_t seed = context.shared.seed;
  const std::vector<std::size_t> per_user = recsys::cases_per_person(examination.judged.cases);
  figures.differences =
      differences_of(figures.models, judged, {.seed = seed, .per_user = per_user}, pool, context.processes);
  if (options.audit) figures.audit = audit_of(examination, *all[judged], figures.models[judged].ranked, seed, pool);
  return figures;
}

void note_missing_models(const recsys::Examination& examination, const Console& console) {
  if (!examination.model) console.note("no attention model is published: run 'infodiet train'");
  if (!recsys::Ease::fits(examination.training)) {
    console.note("no row for ease: its square of items would be too large");
  }
}

}  // namespace

void EvaluateCommand::setup(CommandSpec& spec) {
  spec.description =
      "Makes every model predict each person's next item and prints how high it ranks it in the whole catalogue: the "
      "baselines, computed from the training part, and the attention model if one is published. A model is never "
      "evaluated on what it was trained on. With 'leave-one-out' the target is the last item of each history, with "
      "'temporal' what came after the time cut of 'train --holdout temporal:0.9', with 'both' the two side by side, "
      "each with a stored model that was trained for it; with --targets the pairs of a file after the complete "
      "stored history, with --next what was added since the model was trained. With --logged it estimates instead what "
      "another policy would have earned, from a log of what one policy showed, with 95 % intervals over people, and "
      "refuses if the log cannot support an estimate.";
  spec.example = "infodiet evaluate --db world.db --k 5,10,20";
  spec.options.choice({.name = "protocol", .value = "HOW", .help = "which items are the targets"}, options_.protocol,
                      {std::string(recsys::leave_one_out), std::string(recsys::temporal), std::string(both_protocols)});
  spec.options.choice({.name = "ask",
                       .value = "WHICH",
                       .help = "which interactions after the time cut are targets: all as one set, the first, the "
                               "last, or each in succession (if not given: as in the model's validation, else all)"},
                      options_.asked, {recsys::asked_names.begin(), recsys::asked_names.end()});
  spec.options.integers({.name = "k", .value = "N,N,...", .help = "list lengths to evaluate at"}, options_.cutoffs,
                        Range<std::size_t>{.minimum = 1, .maximum = 1000000});
  spec.options.text({.name = "targets", .value = "FILE", .help = "evaluate on these user,item pairs instead"},
                    options_.targets);
  spec.options.text({.name = "event", .value = "EVENT", .help = "only targets with this event (purchase, play, ...)"},
                    options_.event);
  spec.options.text({.name = "trec", .value = "DIR", .help = "write qrels.txt and <model>.run for other evaluators"},
                    options_.trec_folder);
  spec.options.text({.name = "per-user", .value = "FILE", .help = "write every user's ranks and figures as CSV"},
                    options_.per_user_file);
  spec.options.flag(
      {.name = "raw", .help = "--per-user with unchanged ids, even if a spreadsheet would run them as formulas"},
      options_.raw);
  spec.options.numbers(
      {.name = "diet", .value = "W,W,...", .help = "also evaluate lists balanced as by 'recommend --diet W'"},
      options_.diet_weights, {.minimum = 0, .maximum = 1});
  add_measurements(spec.options);
  add_model_option(spec.options, options_.model);
  options_.liked.add_to(spec.options, "all targets count, unless the model was trained with --liked");
}

// What is measured beside accuracy, or instead.
void EvaluateCommand::add_measurements(OptionSet& options) {
  options.numbers({.name = "noise",
                   .value = "SHARE,SHARE,...",
                   .help = "measure instead how well models do with such a share of every history replaced by "
                           "random items, and without"},
                  options_.noise, {.minimum = 0, .maximum = 1});
  options.number({.name = "cold",
                  .value = "SHARE",
                  .help = "measure instead how items are ranked that nobody consumed: takes such a share of them out "
                          "and trains without them"},
                 options_.cold, {.minimum = 0, .maximum = 0.9});
  options.flag({.name = "audit",
                .help = "also count what could inflate the figures, and break them down by length of history and "
                        "popularity of the target"},
               options_.audit);
  options.flag({.name = "explanations", .help = "measure instead how faithful the reasons are"}, options_.explanations);
  options.flag({.name = "next", .help = "use as targets what was added since the model was trained"}, options_.next);
  options.text({.name = "logged",
                .value = "LOG",
                .help = "estimate from a log of slates instead: run:N, log:N or a file as for import --slates"},
               options_.logged);
  options.text(
      {.name = "target", .value = "POLICY", .help = "with --logged: the policy to estimate", .known = target_names()},
      options_.target);
  options.text({.name = "csv", .value = "FILE", .help = "with --logged: write the estimates as CSV"}, options_.csv);
}

void EvaluateCommand::check_options() const {
  const auto refuse = [](bool is_wrong, std::string_view why) {
    if (is_wrong) throw UsageError(std::string(why));
  };
  const bool is_both = options_.protocol == both_protocols;
  const bool is_cut = is_both || options_.protocol == recsys::temporal;
  const bool is_other = options_.targets || options_.next || options_.explanations;
  refuse(!options_.asked.empty() && (!is_cut || is_other),
         "--ask needs a time cut: give --protocol temporal or both with it");
  refuse(options_.event && options_.explanations, "--event does not go with --explanations, which have no targets");
  refuse(options_.targets && options_.next, "--targets and --next both choose the targets: give one of them");
  refuse(options_.liked.liking() && is_other,
         "--liked selects targets of a protocol: give it without --targets, --next and --explanations");
  refuse(is_both && is_other, "--protocol both goes with neither --targets nor --next nor --explanations");
  refuse(is_both && (options_.trec_folder || options_.per_user_file || !options_.diet_weights.empty()),
         "--protocol both prints two sets of cases side by side: give one protocol with --trec, --per-user and --diet");
  refuse(!options_.noise.empty() && (is_both || options_.explanations || options_.audit || options_.trec_folder ||
                                     options_.per_user_file || !options_.diet_weights.empty()),
         "--noise prints a table of its own: give it without --protocol both, --explanations, --audit, --trec, "
         "--per-user and --diet");
  refuse(options_.cold && (options_.protocol != recsys::leave_one_out || is_other || options_.audit || options_.model ||
                           options_.event || options_.logged || options_.trec_folder || options_.per_user_file ||
                           !options_.diet_weights.empty() || !options_.noise.empty() || options_.liked.liking()),
         "--cold trains models of its own and prints a table of its own: give it alone");
  refuse(options_.cold && *options_.cold == 0, "--cold 0 takes no item out: give a share above 0");
  refuse(options_.logged.has_value() != options_.target.has_value(),
         "--logged LOG and --target POLICY belong together: what was shown, and the policy to estimate");
  refuse(options_.csv && !options_.logged, "--csv holds estimates from a log: give --logged and --target");
}

recsys::Question EvaluateCommand::question(std::string_view protocol) const {
  return {.protocol = std::string(protocol),
          .targets = options_.targets,
          .event = options_.event,
          .asked = protocol == recsys::temporal ? recsys::parse_asked(options_.asked) : std::nullopt,
          .model = options_.model,
          .liked = options_.liked.liking()};
}

ExitCode EvaluateCommand::run_both(const recsys::Database& db, const Context& context) const {
  std::vector<recsys::Examination> examinations;
  for (const std::string_view protocol : {recsys::leave_one_out, recsys::temporal}) {
    recsys::Question question = this->question(protocol);
    question.choice = recsys::ModelChoice::fitting;
    examinations.push_back(recsys::examine(db, question));
  }
  const recsys::ItemTable items = recsys::load_item_table(db);
  const rl::ListQualities left(examinations.front().training, items.topics());
  const rl::ListQualities right(examinations.back().training, items.topics());
  const Figures last = figures_of(db, options_, examinations.front(), left, context);
  const Figures cut = figures_of(db, options_, examinations.back(), right, context);
  if (context.console.json()) {
    context.console.print_json({{"protocol", both_protocols}, {"examinations", {to_json(last), to_json(cut)}}});
  } else {
    print_side_by_side(last, cut, context.console);
  }
  return ExitCode::done;
}

ExitCode EvaluateCommand::run(const Context& context) {
  check_options();
  const Console& console = context.console;
  const recsys::Database db(context.shared.database, recsys::OpenMode::read_only);
  const recsys::Snapshot snapshot(db);
  if (options_.logged) {
    evaluate_logged(db, {.logged = *options_.logged, .target = *options_.target, .csv = options_.csv}, context);
    return ExitCode::done;
  }
  if (options_.cold) {
    evaluate_cold(db, *options_.cold, context);
    return ExitCode::done;
  }
  if (options_.explanations) return evaluate_explanations(db, options_.model, context);
  if (options_.protocol == both_protocols) return run_both(db, context);
  recsys::NextPairs next;
  const recsys::Examination examination =
      options_.next ? recsys::examine_next(db, judged_model(db, options_.model), options_.event, next)
                    : recsys::examine(db, question(options_.protocol));
  note_missing_models(examination, console);
  if (options_.trec_folder && recsys::count_people(examination.judged.cases) != examination.judged.cases.size()) {
    throw UsageError("--trec needs one query per person: give --ask first, last or all");
  }
  const recsys::ItemTable items = recsys::load_item_table(db);
  const rl::ListQualities qualities(examination.training, items.topics());
  if (!options_.noise.empty()) {
    evaluate_noise(models_to_examine(db, options_, examination, qualities), examination, options_.noise, context);
    return ExitCode::done;
  }
  Figures figures = figures_of(db, options_, examination, qualities, context);
  if (options_.next) figures.next = next;
  if (!figures.models.empty()) {
    write_files(db, options_, examination, items, figures.models);
    if (options_.trec_folder) remember_output(context, "rankings", *options_.trec_folder);
    if (options_.per_user_file) remember_output(context, "ranks", *options_.per_user_file);
  }
  if (console.json()) {
    console.print_json(to_json(figures));
  } else {
    print_figures(figures, console);
  }
  return ExitCode::done;
}

std::unique_ptr<Command> make_evaluate() {
  return std::make_unique<EvaluateCommand>();
}

}  // namespace infodiet::tools
