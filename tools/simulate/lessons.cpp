#include "tools/simulate/lessons.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <nlohmann/json.hpp>

#include "recsys/suggest.hpp"
#include "rl/environments/optimum.hpp"
#include "tools/cli/errors.hpp"
#include "tools/simulate/compare_policies.hpp"
#include "tools/simulate/weeks_run.hpp"
#include "tools/terminal/text.hpp"

namespace infodiet::tools {

namespace {

using Results = std::vector<PolicyResult>;

const PolicyResult& of(const Results& results, std::string_view policy) {
  return *std::find_if(results.begin(), results.end(), [&](const auto& result) { return result.name == policy; });
}

double earned(const Results& results, std::string_view policy) {
  return of(results, policy).earned.mean;
}

double metric(const Results& results, std::string_view policy, const char* name) {
  const rl::DietRecorder::Summary* summary = of(results, policy).metric(name);
  return summary == nullptr ? 0 : summary->estimate.mean;
}

/// "less than", "as much as" or "more than", by more than two standard errors of the difference.
std::string_view beside(const Results& results, std::string_view a, std::string_view b) {
  const rl::Estimate& first = of(results, a).earned;
  const rl::Estimate& second = of(results, b).earned;
  const double difference = first.mean - second.mean;
  if (std::abs(difference) <= 2 * std::hypot(first.standard_error, second.standard_error)) return "as much as";
  return difference < 0 ? "less than" : "more than";
}

/// Whether greedy earns less than the optimum, by more than chance and more than one percent.
bool greed_costs(const Results& results) {
  return beside(results, "greedy", "optimum") == "less than" &&
         earned(results, "greedy") < 0.99 * earned(results, "optimum");
}

std::vector<std::string> clickbait_trap(const Results& results) {
  const std::string best = fmt::format("The optimum shows clickbait of {:.2f} and earns {:.0f}",
                                       metric(results, "optimum", "consumed.sugar"), earned(results, "optimum"));
  return {
      fmt::format("Greedy shows what engages most now, clickbait of {:.2f} on a scale from 0 to 1, and earns {:.0f} "
                  "minutes a session: {} slates drawn at random, which earn {:.0f}.",
                  metric(results, "greedy", "consumed.sugar"), earned(results, "greedy"),
                  beside(results, "greedy", "random"), earned(results, "random")),
      greed_costs(results) ? fmt::format("{}: clickbait lowers the satisfaction on which every later minute depends, "
                                         "which costs greedy {:.0f} % of the possible return.",
                                         best, 100 * (1 - earned(results, "greedy") / earned(results, "optimum")))
                           : best + ", as greedy does: clickbait costs hardly anything here, so there is no trap."};
}

std::vector<std::string> boredom(const Results& results) {
  const bool costs = greed_costs(results);
  return {
      fmt::format(
          "Greedy shows what people like best now and gets {:.2f} clicks a session, {} random slates ({:.2f}){}.",
          earned(results, "greedy"), beside(results, "greedy", "random"), earned(results, "random"),
          costs ? ": people tire of a topic they have just consumed, and low quality drives them away later" : ""),
      fmt::format("The optimum {} {:.2f} clicks, with a mean quality of {:.2f} where greedy's is {:.2f}.",
                  costs ? "alternates and gets" : "can do no better, since nothing that is shown costs clicks later:",
                  earned(results, "optimum"), metric(results, "optimum", "consumed.nutrition"),
                  metric(results, "greedy", "consumed.nutrition"))};
}

std::vector<std::string> finding_out(const Results& results) {
  return {
      fmt::format("Greedy plays safe, never finds out whom it serves, and gets {:.2f} clicks a session ({:.2f} "
                  "at random).",
                  earned(results, "greedy"), earned(results, "random")),
      greed_costs(results)
          ? fmt::format("The optimum spends its first steps on finding out, which costs clicks at first, and gets "
                        "{:.2f} in total: {:.0f} % more.",
                        earned(results, "optimum"), 100 * (earned(results, "optimum") / earned(results, "greedy") - 1))
          : fmt::format("The optimum gets {:.2f}: finding out does not pay here.", earned(results, "optimum"))};
}

std::vector<std::string> narrowing_feed(const Results& results) {
  const auto way = [&](std::string_view policy) { return metric(results, policy, "taste.topics_on_the_way"); };
  return {
      fmt::format("People who are shown what they like best come to like it more: under greedy a taste has a variety "
                  "of {:.2f} at the end. {} greedy gets {:.2f} clicks, {} random slates ({:.2f}).",
                  metric(results, "greedy", "taste.topics_at_the_end"),
                  greed_costs(results) ? "People weary of a narrow taste, and" : "A narrow taste costs nothing here:",
                  earned(results, "greedy"), beside(results, "greedy", "random"), earned(results, "random")),
      fmt::format("The optimum keeps a mean variety of {:.2f} (greedy {:.2f}, random {:.2f}) and gets {:.2f} "
                  "clicks.",
                  way("optimum"), way("greedy"), way("random"), earned(results, "optimum"))};
}

}  // namespace

std::span<const Lesson> lessons() {
  static constexpr std::array table{
      Lesson{"clickbait-trap", "The clickbait trap", "What does it cost to show what engages most now?",
             "With --set sensitivity=0.01 people hardly mind, and there is no trap.", "sensitivity=0.01", "choc-kale",
             "sensitivity=0.1", "random,greedy,optimum", 5000, 0, clickbait_trap},
      Lesson{"boredom", "Boredom", "Why is the best item not always the best to show?",
             "With --set boredom=0,regret=0 nobody tires, and greedy is optimal.", "boredom=0,regret=0", "satiation",
             "", "random,greedy,optimum", 5000, 0, boredom},
      Lesson{"finding-out", "Finding out", "When is it worth showing something that may well be wrong?",
             "With --set safe=0.79 playing safe is optimal; with --set steps=3 there is no time to explore.",
             "safe=0.79", "exploration", "", "random,greedy,optimum", 5000, 0, finding_out},
      Lesson{"narrowing-feed", "The narrowing feed", "What does a feed make of the tastes it serves?",
             "With --set weariness=0 nobody minds a narrow taste; with --set breadth=0.5 breadth itself is rewarded.",
             "weariness=0", "drift", "", "random,greedy,optimum", 5000, 0, narrowing_feed},
      Lesson{"retraining-loop", "The retraining loop", "What happens when a recommender learns from its own feed?",
             "With --set taste_drift=0 tastes stay constant, and only consumption narrows.", "taste_drift=0",
             "catalogue", "", "greedy,epsilon-greedy,calibrated", 300, 12, nullptr},
  };
  return table;
}

const Lesson& lesson_named(std::string_view name) {
  std::vector<std::string> names;
  for (const Lesson& lesson : lessons()) {
    if (lesson.name == name) return lesson;
    names.emplace_back(lesson.name);
  }
  throw UsageError(fmt::format("there is no lesson \"{}\": expected one of {}{}", printable(name),
                               fmt::join(names, ", "), recsys::suggestion(name, names)));
}

SimulationSetup request_of(const Lesson& lesson, const std::optional<std::string>& settings) {
  SimulationSetup request;
  request.environment = lesson.environment;
  request.policies = lesson.policies;
  request.users = lesson.users;
  request.weeks = lesson.weeks;
  request.retrain = lesson.weeks > 0;
  request.lesson = std::string(lesson.name);
  std::string all(lesson.settings);
  if (settings) all += (all.empty() ? "" : ",") + *settings;
  if (!all.empty()) request.settings = all;
  return request;
}

void give_lesson(const Lesson& lesson, const SimulationSetup& request, const Context& context) {
  const Console& console = context.console;
  if (!console.json()) {
    console.print(fmt::format("{}. {}", lesson.title, lesson.question));
  }
  if (lesson.weeks > 0) {
    run_weeks(request, context);
  } else {
    SimulationRun run(request, context);
    const std::shared_ptr<const rl::Optimum> optimum = run.stage().environment->solve();
    std::vector<NamedPolicy> policies;
    for (const std::string& name : policy_names(request)) {
      policies.push_back({name, rl::make_policy(name, {*run.stage().environment, optimum.get(), run.pool()})});
    }
    const Results results = run_policies(run, policies, {.optimum = optimum.get()});
    const std::vector<std::string> sentences = lesson.told(results);
    Json rows = Json::array();
    for (const PolicyResult& result : results) rows.push_back(to_json(result));
    run.finish(Json{{"policies", rows},
                    {"curve", nullptr},
                    {"optimum", optimum_json(optimum.get())},
                    {"lesson", lesson.name},
                    {"sentences", sentences}});
    if (console.json()) {
      console.print_json(Json{
          {"lesson", lesson.name}, {"run", run.number()}, {"policies", std::move(rows)}, {"sentences", sentences}});
      return;
    }
    print_results(console, results);
    if (optimum != nullptr) print_way(console, *optimum);
    for (const std::string& sentence : sentences) console.print_prose(sentence);
    run.print_where_kept();
  }
  if (!console.json()) console.print_prose(std::string(lesson.look));
}

}  // namespace infodiet::tools
