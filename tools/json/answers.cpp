#include "tools/json/answers.hpp"

namespace infodiet::tools {
namespace {

Json json_of(const std::optional<double>& value) {
  return value ? Json(*value) : Json(nullptr);
}

Json plate_json(const rl::Plate& plate) {
  return {{"items", plate.items},
          {"effective_topics", json_of(plate.effective_topics)},
          {"simpson", json_of(plate.simpson)},
          {"gini", json_of(plate.gini)},
          {"coverage", json_of(plate.coverage)},
          {"majority_share", json_of(plate.majority_share)},
          {"intra_list_diversity", json_of(plate.intra_list_diversity)},
          {"novelty", json_of(plate.novelty)},
          {"nutrition", json_of(plate.nutrition)},
          {"sugar", json_of(plate.sugar)},
          {"minutes", json_of(plate.minutes)}};
}

Json topics_json(const std::optional<std::vector<double>>& shares, const std::vector<std::string>& topics) {
  if (!shares) return nullptr;
  Json json = Json::object();
  for (std::size_t g = 0; g < shares->size(); ++g) json[topics[g]] = (*shares)[g];
  return json;
}

Json grounds_json(const std::vector<rl::Grounds>& side, const recsys::ItemTable& items) {
  Json rows = Json::array();
  for (const rl::Grounds& grounds : side) {
    rows.push_back({{"item", items[grounds.item].key},
                    {"title", items[grounds.item].label()},
                    {"time", grounds.time ? Json(*grounds.time) : Json(nullptr)},
                    {"weight", grounds.reason.share},
                    {"contribution", grounds.reason.contribution},
                    {"score_drop", grounds.reason.score_drop},
                    {"attention", grounds.attention}});
  }
  return rows;
}

}  // namespace

Json to_json(const rl::Recommendation& list, const recsys::ItemTable& items, const std::optional<std::string>& user) {
  Json result = {{"user", user ? Json(*user) : Json(nullptr)}, {"model", list.model}};
  result["fallback"] = list.fallback.empty() ? Json(nullptr) : Json(list.fallback);
  result["nothing"] = list.nothing.empty() ? Json(nullptr) : Json(list.nothing);
  result["items"] = Json::array();
  for (std::size_t i = 0; i < list.picks.size(); ++i) {
    const rl::Pick& pick = list.picks[i];
    const recsys::ItemRow item = items[pick.scored.item];
    Json because = Json::array();
    for (const rl::Carrier& carrier : pick.because) {
      because.push_back(
          {{"item", items[carrier.item].key}, {"title", items[carrier.item].label()}, {"weight", carrier.weight}});
    }
    result["items"].push_back({{"rank", i + 1},
                               {"item", item.key},
                               {"title", item.label()},
                               {"score", pick.scored.score},
                               {"chance", json_of(pick.chance)},
                               {"because", std::move(because)}});
  }
  return result;
}

Json to_json(const rl::Explanation& explanation, const recsys::ItemTable& items, const std::string& user,
             recsys::ItemIndex item) {
  return {{"user", user},
          {"item", items[item].key},
          {"title", items[item].label()},
          {"model", explanation.model},
          {"score", explanation.score},
          {"chance", json_of(explanation.chance)},
          {"because", grounds_json(explanation.because, items)},
          {"against", grounds_json(explanation.against, items)}};
}

Json to_json(const rl::WhyNot& why, const recsys::ItemTable& items, const std::string& user, recsys::ItemIndex item) {
  Json missing = Json::array();
  for (const rl::Lift& lift : why.missing) {
    missing.push_back({{"item", items[lift.item].key},
                       {"title", items[lift.item].label()},
                       {"gain", lift.gain},
                       {"rank", lift.rank}});
  }
  return {{"user", user},
          {"item", items[item].key},
          {"title", items[item].label()},
          {"model", why.model},
          {"score", why.score},
          {"chance", json_of(why.chance)},
          {"rank", why.rank},
          {"among", why.among},
          {"never", why.never.empty() ? Json(nullptr) : Json(why.never)},
          {"list", {{"length", why.length}, {"last", items[why.last.item].key}, {"last_score", why.last.score}}},
          {"missing", std::move(missing)},
          {"against", grounds_json(why.against, items)}};
}

Json to_json(const rl::Similar& similar, const recsys::ItemTable& items, recsys::ItemIndex item) {
  Json rows = Json::array();
  for (std::size_t i = 0; i < similar.items.size(); ++i) {
    const recsys::ItemRow neighbour = items[similar.items[i].item];
    rows.push_back({{"rank", i + 1},
                    {"item", neighbour.key},
                    {"title", neighbour.label()},
                    {"similarity", similar.items[i].score}});
  }
  return {{"item", items[item].key},
          {"title", items[item].label()},
          {"model", similar.model},
          {"trained", similar.trained},
          {"items", std::move(rows)}};
}

Json to_json(const rl::DietLabel& label, const std::string& user, const std::vector<std::string>& topics) {
  const rl::Diet& diet = label.diet;
  Json result = {{"user", user}, {"items", diet.consumed.items}};
  Json grades = Json::object();
  for (const rl::LabelLine& line : label.lines) {
    result[line.metric->key] = json_of(line.value);
    grades[line.metric->key] =
        line.grade ? Json{{"grade", std::string(1, *line.grade)}, {"better_than", line.better_than}} : Json(nullptr);
  }
  result["bubble_index_error"] = json_of(diet.bubble_error);
  result["stretches"] = {{"items", diet.stretches.size}, {"count", diet.stretches.count}};
  result["equal_draws"] = label.variety ? Json{{"draws", label.variety->draws},
                                               {"available", label.variety->available},
                                               {"consumed", label.variety->consumed},
                                               {"shown", label.variety->shown}}
                                        : Json(nullptr);
  result["simpson"] = json_of(diet.consumed.simpson);
  result["gini"] = json_of(diet.consumed.gini);
  result["minutes"] = json_of(diet.consumed.minutes);
  result["overload"] = nullptr;  // the attention budget is unknown
  result["calibration"] = json_of(diet.consumed_calibration.divergence);
  result["calibration_distance"] = json_of(diet.consumed_calibration.distance);
  result["grades"] = std::move(grades);
  result["topics"] = topics_json(diet.consumed.shares, topics);
  result["interest"] = topics_json(diet.interest.empty() ? std::nullopt : std::optional(diet.interest), topics);
  result["available"] = plate_json(diet.available);
  result["shown"] = plate_json(label.shown);
  result["shown"]["calibration"] = json_of(label.shown_calibration.divergence);
  result["shown"]["calibration_distance"] = json_of(label.shown_calibration.distance);
  result["advice"] = label.advice;
  return result;
}

Json to_json(const rl::DietSpread& spread) {
  Json result = {{"users", spread.users}};
  for (const rl::LabelSpread& line : spread.lines) {
    result[line.metric->key] = line.people == 0 ? Json(nullptr)
                                                : Json{{"people", line.people},
                                                       {"mean", line.mean},
                                                       {"p10", line.lowest_tenth},
                                                       {"median", line.median},
                                                       {"p90", line.highest_tenth}};
  }
  result["fragmentation"] = json_of(spread.fragmentation);
  return result;
}

}  // namespace infodiet::tools
