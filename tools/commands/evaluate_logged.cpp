#include "tools/commands/evaluate_logged.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <charconv>
#include <memory>
#include <nlohmann/json.hpp>

#include "engine/io/json_text.hpp"
#include "recsys/csv_file.hpp"
#include "recsys/errors.hpp"
#include "recsys/import/input.hpp"
#include "recsys/import/slates_file.hpp"
#include "recsys/suggest.hpp"
#include "rl/agent/model_file.hpp"
#include "rl/judgement/judge.hpp"
#include "rl/policies/registry.hpp"
#include "tools/cli/errors.hpp"
#include "tools/simulate/simulation.hpp"
#include "tools/simulate/simulation_setup.hpp"
#include "tools/terminal/table.hpp"
#include "tools/terminal/text.hpp"

namespace infodiet::tools {

namespace {

/// A log and its environment.
struct Judged {
  std::string name;
  rl::LoggedSessions log;
  rl::LogOrigin origin{};
  Stage stage{};  ///< of a simulated log
  std::unique_ptr<rl::DataWorld> world{};
  std::unique_ptr<recsys::Recommender> recommender{};
  std::unique_ptr<rl::LoggedEnvironment> logged_environment{};

  const rl::Environment& environment() const { return logged_environment ? *logged_environment : *stage.environment; }
  /// The environment of usable agents.
  std::string agent_environment() const { return logged_environment ? "catalogue" : stage.name; }
  std::vector<std::string> topics() const {
    if (logged_environment) return world->topics;
    return stage.world ? stage.world->topics : std::vector<std::string>();
  }
};

std::optional<std::int64_t> number_after(std::string_view prefix, std::string_view text) {
  if (!text.starts_with(prefix)) return std::nullopt;
  text.remove_prefix(prefix.size());
  std::int64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end == text.data() || (end != text.data() + text.size() && *end != ':')) {
    throw UsageError(
        fmt::format("--logged: expected {}N with a number, but got '{}'", prefix, printable(std::string(text))));
  }
  return number;
}

/// The requested log, by its run or its own number.
recsys::SlateLog kept_log(const recsys::Database& db, const std::string& asked) {
  const std::optional<std::int64_t> run = number_after("run:", asked);
  const std::optional<std::int64_t> id = number_after("log:", asked);
  const std::size_t colon = asked.find(':', 4);
  const std::string policy = colon == std::string::npos ? std::string() : asked.substr(colon + 1);
  std::vector<recsys::SlateLog> found;
  std::vector<std::string> policies;
  for (const recsys::SlateLogSize& size : recsys::list_slate_logs(db)) {
    const recsys::SlateLog& log = size.log;
    if (run ? log.run != run : log.id != id) continue;
    policies.push_back(log.policy);
    if (policy.empty() || log.policy == policy) found.push_back(log);
  }
  if (policies.empty()) {
    throw recsys::DataError(fmt::format(
        "--logged {}: {} has no such log of slates: 'infodiet simulate --keep steps' and 'infodiet import --slates' "
        "make them, 'infodiet info' lists them",
        printable(asked), db.path()));
  }
  if (found.empty()) {
    throw recsys::DataError(fmt::format("--logged {}: there are slates of {}{}", printable(asked),
                                        fmt::join(policies, ", "), recsys::suggestion(policy, policies)));
  }
  if (found.size() > 1) {
    throw UsageError(fmt::format("--logged {}: there are slates of {}: name one, as in run:{}:{}", printable(asked),
                                 fmt::join(policies, ", "), run.value_or(0), policies.back()));
  }
  return found.front();
}

Judged load_run(const recsys::Database& db, const recsys::SlateLog& log) {
  const std::vector<rl::StoredRun> runs = rl::list_runs(db);
  const auto run = std::find_if(runs.begin(), runs.end(), [&](const rl::StoredRun& one) { return one.id == log.run; });
  if (run == runs.end()) throw recsys::DamagedError(fmt::format("{}: log {} is of no run", db.path(), log.id));
  try {
    const Json configuration = engine::require_json<Json>(run->record.configuration);
    Judged judged{.name = fmt::format("run {}", run->id), .log = rl::load_log(db, log)};
    judged.stage = make_stage(run->record.environment, configuration.at("settings").get<std::vector<std::string>>(),
                              stored_reward(engine::require_json<Json>(run->record.reward)), &db);
    judged.origin = {.seed = run->record.seed, .sessions_each = configuration.at("sessions").get<std::uint32_t>()};
    judged.origin.items = judged.stage.ids().items;
    return judged;
  } catch (const nlohmann::json::exception& error) {
    throw recsys::DamagedError(fmt::format("run {}: its record cannot be read: {}", run->id, error.what()));
  }
}

/// A log of the file's items, with their attributes.
void add_world(Judged& judged, const recsys::Database& db) {
  judged.world = std::make_unique<rl::DataWorld>(rl::load_data_world(db));
  judged.recommender = rl::trained_recommender(db, judged.world->data);
  judged.logged_environment = std::make_unique<rl::LoggedEnvironment>(judged.log, *judged.world, *judged.recommender);
  judged.origin.items = judged.world->data.item_ids;
}

rl::LoggedSessions load_file(const recsys::Database& db, const std::string& path, const Console& console) {
  const auto inputs = recsys::find_inputs(std::vector<std::string>{path}, [] { return false; });
  const recsys::SlateFile file = recsys::read_slate_file(*inputs.front(), recsys::items_of(db));
  if (!file.rejected.empty()) {
    const recsys::RejectedSlate& first = file.rejected.front();
    throw recsys::DataError(fmt::format(
        "{}:{}: {} ({} rows are invalid; 'infodiet import --slates' lists them and can leave their sessions out)",
        printable(path), first.line, printable(first.reason), file.rejected.size()));
  }
  if (file.logs.size() != 1) {
    std::vector<std::string> policies;
    for (const recsys::SlateFileLog& log : file.logs) policies.push_back(log.policy + " " + log.version);
    throw recsys::DataError(
        fmt::format("{}: slates of {} policies ({}): expected one; 'infodiet import --slates' keeps "
                    "each as a log of its own",
                    printable(path), policies.size(), printable(fmt::format("{}", fmt::join(policies, ", ")))));
  }
  if (!file.unused.empty()) {
    console.note(fmt::format("{}: columns not used: {}", printable(path),
                             printable(fmt::format("{}", fmt::join(file.unused, ", ")))));
  }
  return rl::sessions_of(file.logs.front(), db);
}

std::unique_ptr<Judged> load(const recsys::Database& db, const std::string& asked, const Console& console) {
  auto judged = std::make_unique<Judged>();
  if (!asked.starts_with("run:") && !asked.starts_with("log:")) {
    judged->name = asked;
    judged->log = load_file(db, asked, console);
    add_world(*judged, db);
    return judged;
  }
  const recsys::SlateLog log = kept_log(db, asked);
  if (log.source == recsys::SlateSource::run) {
    *judged = load_run(db, log);
  } else {
    judged->name = fmt::format("log {}", log.id);
    judged->log = rl::load_log(db, log);
    add_world(*judged, db);
  }
  return judged;
}

std::shared_ptr<const rl::Policy> make_target(const recsys::Database& db, const Judged& judged, const std::string& name,
                                              const Context& context) {
  if (name == agent_name) {
    const rl::StoredAgent agent = rl::load_agent(db, judged.agent_environment(), judged.topics());
    return std::make_shared<rl::AgentPolicy>(agent.model, rl::SlateRule::best);
  }
  if (judged.logged_environment && rl::known_policy(name).of_one_environment) {
    throw recsys::DataError(fmt::format("--target {}: it needs simulated people, and this log is of real ones", name));
  }
  engine::ThreadPool pool(context.shared.threads);
  const std::shared_ptr<const rl::Optimum> optimum = judged.environment().solve();
  return rl::make_policy(name, {judged.environment(), optimum.get(), pool, context.shared.seed});
}

Json json_of(const rl::JudgedValue& value) {
  return {{"value", value.value}, {"low", value.low}, {"high", value.high}};
}

Json json_of(const std::vector<rl::JudgedLine>& lines) {
  Json rows = Json::array();
  for (const rl::JudgedLine& line : lines) {
    Json row = json_of(line.value);
    row["name"] = line.name;
    row["gain"] = json_of(line.gain);
    rows.push_back(std::move(row));
  }
  return rows;
}

/// Whether the target would have earned more; empty if unknown.
std::string decision(const rl::Judgement& judgement, const std::string& target) {
  const rl::JudgedLine* line = rl::deciding(judgement);
  if (line == nullptr) return {};
  const std::string interval = fmt::format("{:+.3f} a session, 95 % interval [{:+.3f}, {:+.3f}], by {}",
                                           line->gain.value, line->gain.low, line->gain.high, line->name);
  if (line->gain.low > 0) return fmt::format("{} would have earned more: {}", target, interval);
  if (line->gain.high < 0) return fmt::format("{} would have earned less: {}", target, interval);
  return fmt::format("this log cannot tell whether {} would have earned more: {}", target, interval);
}

Json json_of(const rl::Judgement& judgement, const Judged& judged, const LoggedRequest& request) {
  Json weights = Json::array();
  for (std::size_t t = 0; t < judgement.weights.size(); ++t) {
    const rl::WeightFigures& figures = judgement.weights[t];
    weights.push_back({{"step", t + 1},
                       {"effective", figures.effective},
                       {"mean", figures.mean},
                       {"stderr", figures.standard_error},
                       {"largest_share", figures.largest_share}});
  }
  const bool weighed = !judgement.weights.empty();
  const std::string told = decision(judgement, request.target);
  return Json{{"logged", request.logged},
              {"logger", judged.log.policy},
              {"version", judged.log.version},
              {"target", request.target},
              {"people", judgement.people},
              {"sessions", judgement.sessions},
              {"slates", judgement.slates},
              {"earned", json_of(judgement.logged)},
              {"weights", std::move(weights)},
              {"off_support", weighed ? Json(judgement.off_support) : Json(nullptr)},
              {"refused", judgement.refusal ? Json(*judgement.refusal) : Json(nullptr)},
              {"estimates", json_of(judgement.lines)},
              {"forms", json_of(judgement.forms)},
              {"decision", told.empty() ? Json(nullptr) : Json(told)}};
}

std::string interval_text(const rl::JudgedValue& value, bool with_sign) {
  if (with_sign) return fmt::format("{:+.3f} to {:+.3f}", value.low, value.high);
  return fmt::format("{:.3f} to {:.3f}", value.low, value.high);
}

void print_lines(const std::vector<rl::JudgedLine>& lines, const std::string& title, const Console& console) {
  if (lines.empty()) return;
  Table table({{.title = title},
               {.title = "earned", .align = Align::right},
               {.title = "95 % interval", .align = Align::right},
               {.title = "more", .align = Align::right},
               {.title = "95 % interval", .align = Align::right},
               {.title = "what it is", .elastic = true}});
  for (const rl::JudgedLine& line : lines) {
    table.add({std::string(line.name), fmt::format("{:.3f}", line.value.value), interval_text(line.value, false),
               fmt::format("{:+.3f}", line.gain.value), interval_text(line.gain, true), std::string(line.meaning)});
  }
  table.print(console);
}

/// Formats weights of any size.
std::string weight_text(double weight) {
  return weight < 1e5 ? fmt::format("{:.3f}", weight) : fmt::format("{:.1e}", weight);
}

/// Prints the first steps, some in between, and the last.
void print_weights(const rl::Judgement& judgement, const Console& console) {
  if (judgement.weights.empty()) return;
  constexpr std::size_t most_rows = 8;
  const std::size_t steps = judgement.weights.size();
  const std::size_t every = std::max<std::size_t>(1, (steps + most_rows - 1) / most_rows);
  Table table({{.title = "step", .align = Align::right},
               {.title = "effective sessions", .align = Align::right},
               {.title = "mean weight", .align = Align::right},
               {.title = "+-", .align = Align::right},
               {.title = "largest share", .align = Align::right}});
  for (std::size_t t = 0; t < steps; ++t) {
    if ((t + 1) % every != 0 && t != 0 && t + 1 != steps) continue;
    const rl::WeightFigures& figures = judgement.weights[t];
    table.add({std::to_string(t + 1), fmt::format("{:.1f}", figures.effective), weight_text(figures.mean),
               weight_text(figures.standard_error), fmt::format("{:.3f}", figures.largest_share)});
  }
  table.print(console);
  console.print(fmt::format("off the support: {:.1f} % of what the target does", 100 * judgement.off_support));
}

void print(const rl::Judgement& judgement, const Judged& judged, const LoggedRequest& request, const Console& console) {
  const std::string version = judged.log.version.empty() ? "" : fmt::format(" ({})", judged.log.version);
  console.print_prose(fmt::format(
      "{}: {}{} showed {} slates in {} sessions of {} people and earned {:.3f} a session, {}", printable(judged.name),
      printable(judged.log.policy), printable(version), judgement.slates, judgement.sessions, judgement.people,
      judgement.logged.value, interval_text(judgement.logged, false)));
  print_weights(judgement, console);
  const std::string told = decision(judgement, request.target);
  print_lines(judgement.lines, told.empty() ? fmt::format("{}, the model alone", request.target) : request.target,
              console);
  print_lines(judgement.forms, "single slates", console);
  if (!told.empty()) console.print_prose(told);
}

void write_csv(const std::string& path, const rl::Judgement& judgement) {
  recsys::CsvFile file(path, "estimate,value,low,high,gain,gain_low,gain_high");
  for (const std::vector<rl::JudgedLine>* lines : {&judgement.lines, &judgement.forms}) {
    for (const rl::JudgedLine& line : *lines) {
      file.text(line.name).number(line.value.value).number(line.value.low).number(line.value.high);
      file.number(line.gain.value).number(line.gain.low).number(line.gain.high);
      file.end_row();
    }
  }
  file.commit();
}

}  // namespace

std::vector<std::string> target_names() {
  return all_policy_names();
}

void evaluate_logged(const recsys::Database& db, const LoggedRequest& request, const Context& context) {
  const std::vector<std::string> known = target_names();
  if (std::find(known.begin(), known.end(), request.target) == known.end()) {
    throw UsageError(fmt::format("--target: there is no policy \"{}\": expected one of {}{}", printable(request.target),
                                 fmt::join(known, ", "), recsys::suggestion(request.target, known)));
  }
  const std::unique_ptr<Judged> judged = load(db, request.logged, context.console);
  const std::shared_ptr<const rl::Policy> target = make_target(db, *judged, request.target, context);
  const rl::TargetedLog followed = rl::follow(judged->log, judged->environment(), judged->origin, *target);
  const rl::Judgement judgement = rl::judge(followed, {.seed = context.shared.seed});
  if (request.csv) write_csv(*request.csv, judgement);
  if (context.console.json()) {
    context.console.print_json(json_of(judgement, *judged, request));
  } else {
    print(judgement, *judged, request, context.console);
  }
  if (!judgement.refusal) return;
  if (followed.has_probabilities) throw recsys::DataError(fmt::format("refused: {}", *judgement.refusal));
  context.console.note(*judgement.refusal);
}

}  // namespace infodiet::tools
