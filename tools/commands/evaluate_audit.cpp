#include "tools/commands/evaluate_audit.hpp"

#include <fmt/format.h>

#include <array>
#include <nlohmann/json.hpp>

#include "recsys/import/times.hpp"
#include "tools/terminal/table.hpp"

namespace infodiet::tools {

namespace {

using recsys::CaseAudit;

struct Count {
  const char* key;
  const char* meaning;
  std::size_t CaseAudit::*value;
};
constexpr std::array audit_counts{
    Count{"people", "people stored", &CaseAudit::people},
    Count{"asked", "of them have a case", &CaseAudit::asked},
    Count{"without_case", "of them have none", &CaseAudit::without_case},
    Count{"forbidden", "targets repeat the history before them, which is forbidden: left out", &CaseAudit::forbidden},
    Count{"cases", "cases, each a history and its targets", &CaseAudit::cases},
    Count{"targets", "targets in all", &CaseAudit::targets},
    Count{"repeated", "of them are in the history before them", &CaseAudit::repeated},
    Count{"cold_targets", "of them are items that never occur in training", &CaseAudit::cold_targets},
    Count{"cold_people", "cases are of people with nothing in training", &CaseAudit::cold_people},
    Count{"tied", "cases have a target with the time of the last interaction before it: their order is chance",
          &CaseAudit::tied},
    Count{"training", "interactions train", &CaseAudit::training},
    Count{"later", "of them are later than {}: a model of that day could not know them", &CaseAudit::later},
    Count{"duplicates", "interactions equal another in user, item and time", &CaseAudit::duplicates},
};

// The time that training must not exceed.
std::string moment_of(const Audit& audit) {
  const std::string time = audit.counts.cut ? recsys::text_of({*audit.counts.cut, 0}) : "unknown times";
  return fmt::format("{} ({})", audit.has_cut ? "the cut" : "the median target", time);
}

}  // namespace

Audit audit_of(const recsys::Examination& examination, const recsys::Recommender& model,
               const recsys::RankedCases& ranked, std::uint64_t seed, engine::ThreadPool& pool) {
  return {.counts = recsys::audit_cases(examination),
          .skipped = examination.skipped,
          .has_cut = examination.cut.has_value(),
          .model = ranked.model,
          .order = recsys::order_gain(model, examination, ranked, seed, pool),
          .groups = recsys::groups_of(examination, ranked)};
}

Json to_json(const Audit& audit) {
  Json json = Json::object();
  for (const Count& count : audit_counts) json[count.key] = audit.counts.*count.value;
  json["cut"] = audit.counts.cut ? Json(*audit.counts.cut) : Json(nullptr);
  json["skipped"] = Json::object();
  for (const recsys::SkippedPeople& cause : audit.skipped) json["skipped"][std::string(cause.key)] = cause.people;
  json["model"] = audit.model;
  json["order"] = {
      {"metric", "ndcg@10"}, {"gain", audit.order.mean}, {"low", audit.order.low}, {"high", audit.order.high}};
  json["groups"] = Json::array();
  for (const recsys::CaseGroup& group : audit.groups) {
    json["groups"].push_back(
        {{"name", group.name}, {"cases", group.cases}, {"hr@10", group.hit_rate}, {"ndcg@10", group.ndcg}});
  }
  return json;
}

void print_audit(const Console& console, const Audit& audit) {
  console.print("");
  Table counts({{.title = "audit", .align = Align::right}, {.title = "", .elastic = true}});
  const std::string moment = moment_of(audit);
  for (const Count& count : audit_counts) {
    counts.add({fmt::format("{}", audit.counts.*count.value), fmt::format(fmt::runtime(count.meaning), moment)});
    if (count.value != &CaseAudit::without_case) continue;
    for (const recsys::SkippedPeople& cause : audit.skipped) {
      counts.add({fmt::format("{}", cause.people), fmt::format("  {}", cause.why)});
    }
  }
  counts.print(console);
  console.print_prose(
      fmt::format("{} with ordered over shuffled histories: NDCG@10 {:+.4f}, 95 % interval [{:+.4f}, "
                  "{:+.4f}]",
                  audit.model, audit.order.mean, audit.order.low, audit.order.high));
  Table groups({{.title = audit.model, .elastic = true},
                {.title = "cases", .align = Align::right},
                {.title = "HR@10", .align = Align::right},
                {.title = "NDCG@10", .align = Align::right}});
  for (const recsys::CaseGroup& group : audit.groups) {
    groups.add({group.name, fmt::format("{}", group.cases), fmt::format("{:.4f}", group.hit_rate),
                fmt::format("{:.4f}", group.ndcg)});
  }
  groups.print(console);
}

}  // namespace infodiet::tools
