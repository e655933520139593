#include "tools/commands/train_outcome.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <string>

#include "engine/io/json_text.hpp"
#include "recsys/store/model_names.hpp"
#include "tools/commands/search_figures.hpp"
#include "tools/terminal/spark.hpp"

namespace infodiet::tools {

namespace {

// What the published model is blended with, or nothing.
std::string blend_text(const recsys::Publication& published) {
  if (published.blend.parts.empty()) return {};
  std::vector<std::string> parts;
  for (const recsys::BlendPart& part : published.blend.parts) {
    const std::string name = part.model->name();
    parts.push_back(fmt::format("{} {:.2f}", name, recsys::mean_weight(published.blend, name)));
  }
  std::string text = fmt::format(", blended with {}", fmt::join(parts, ", "));
  if (!published.blended) return text;
  return fmt::format("{}: validation NDCG@10 {:.4f}  HR@10 {:.4f}", text, published.blended->ndcg_at_10,
                     published.blended->hit_rate_at_10);
}

Json comparison_json(const recsys::Replacement& replacement) {
  if (!replacement.not_compared.empty()) return nullptr;
  return {{"with", *replacement.published}, {"metric", "ndcg@10"},
          {"cases", replacement.cases},     {"published", replacement.old_ndcg},
          {"new", replacement.new_ndcg},    {"standard_error", replacement.standard_error}};
}

Json result_of(const recsys::RunIdentity& identity, const Trained& trained) {
  const Outcome& outcome = trained.outcome;
  const recsys::Course& course = trained.course();
  const recsys::Publication& publication = outcome.publication;
  const recsys::Replacement& replacement = outcome.replacement;
  Json result = {{"model", recsys::attention_model},
                 {"id", outcome.id},
                 {"published", replacement.replaces},
                 {"comparison", comparison_json(replacement)},
                 {"not_compared", replacement.not_compared.empty() ? Json(nullptr) : Json(replacement.not_compared)},
                 {"members", trained.courses.size()},
                 {"epochs", course.epochs.size()},
                 {"best_epoch", course.best_epoch},
                 {"seconds", publication.seconds},
                 {"neighbour_weight", recsys::mean_weight(publication.blend, "item_knn")},
                 {"blend", engine::parse_json<Json>(recsys::blend_json(publication.blend))},
                 {"holdout", format_holdout(identity.holdout)},
                 {"repeats", recsys::format_repeats(identity.repeats)},
                 {"liked", identity.liked ? Json(recsys::format_liking(*identity.liked)) : Json(nullptr)},
                 {"configuration", engine::parse_json<Json>(to_json(identity.config))},
                 {"validation", nullptr},
                 {"refit", nullptr},
                 {"search", nullptr}};
  if (course.validation) {
    const recsys::EpochResult& best = publication.blended ? *publication.blended : *course.validation;
    result["validation"] = {{"ndcg@10", best.ndcg_at_10}, {"hr@10", best.hit_rate_at_10}};
  }
  return result;
}

std::string trained_text(const Trained& trained) {
  const recsys::Course& course = trained.course();
  if (trained.courses.size() > 1) return fmt::format("averaging {} members", trained.courses.size());
  if (course.best_epoch > 0) return fmt::format("of epoch {} of {}", course.best_epoch, course.epochs.size());
  return fmt::format("that it started from: none of {} epochs was better", course.epochs.size());
}

// With what was made before it and trained after it, if anything.
Json result_of(const recsys::RunIdentity& identity, const TrainingOutcome& outcome) {
  const Trained& trained = outcome.trained;
  const std::optional<Trained>& refit = outcome.refit;
  Json result = result_of(identity, trained);
  if (outcome.search) result["search"] = search_json(*outcome.search);
  if (!outcome.is_refit()) return result;
  Json epochs = Json::array();
  for (const recsys::Course& course : refit->courses) epochs.push_back(course.epochs.size());
  result["refit"] = {{"validated", trained.outcome.id},
                     {"epochs", std::move(epochs)},
                     {"seconds", refit->outcome.publication.seconds}};
  result["id"] = refit->outcome.id;
  result["holdout"] = format_holdout(refitted(identity.holdout));
  return result;
}

// Old and new model compared, or why not.
std::string comparison_text(const Outcome& outcome) {
  const recsys::Replacement& r = outcome.replacement;
  if (!r.not_compared.empty()) return fmt::format("not compared with another: {}", r.not_compared);
  std::string figures = fmt::format(
      "NDCG@10 on the same {} validation cases: new {:.4f}, published before (id {}) {:.4f}, difference "
      "{:+.4f} with standard error {:.4f}",
      r.cases, r.new_ndcg, *r.published, r.old_ndcg, r.new_ndcg - r.old_ndcg, r.standard_error);
  if (r.replaces) return figures;
  return fmt::format("{}; 'infodiet models publish {}' publishes the new one anyway", figures, outcome.id);
}

// Validation by epoch, or nothing if there is nothing to show.
std::string course_text(const recsys::Course& trained) {
  constexpr std::size_t longest_course = 40;
  if (!trained.validation || trained.epochs.size() < 2) return {};
  std::vector<double> course;
  for (const recsys::EpochResult& epoch : trained.epochs) course.push_back(epoch.ndcg_at_10);
  return fmt::format("validation NDCG@10 by epoch  {}  {:.4f} to {:.4f}", spark_line(course, longest_course),
                     course.front(), *std::max_element(course.begin(), course.end()));
}

void print_trained(const Console& console, const Trained& trained) {
  const Outcome& outcome = trained.outcome;
  const char* const done = outcome.replacement.replaces ? "published" : "not published because it is worse, but kept:";
  console.print_prose(fmt::format("{} the attention model {} (id {}), trained in {:.0f} s{}", done,
                                  trained_text(trained), outcome.id, outcome.publication.seconds,
                                  blend_text(outcome.publication)));
  console.print_prose(comparison_text(outcome));
  if (const std::string course = course_text(trained.course()); !course.empty()) console.print(course);
}

}  // namespace

recsys::Holdout refitted(recsys::Holdout holdout) {
  holdout.refit = true;
  return holdout;
}

void print_outcome(const Console& console, const recsys::RunIdentity& identity, const TrainingOutcome& outcome) {
  if (console.json()) return console.print_json(result_of(identity, outcome));
  if (outcome.search) print_search(*outcome.search, console);
  print_trained(console, outcome.trained);
  if (!outcome.is_refit()) return;
  console.print_prose(fmt::format(
      "then trained it once more for as many epochs, with the validation items too, and published that (id {}); "
      "published figures are of models without these items, as model {} is",
      outcome.refit->outcome.id, outcome.trained.outcome.id));
}

}  // namespace infodiet::tools
