// Answers as JSON, for commands with --json and the service. Existing keys never change.
#pragma once

#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

#include "rl/answers/diet.hpp"
#include "rl/answers/explain.hpp"
#include "rl/answers/recommend.hpp"
#include "rl/answers/similar.hpp"
#include "rl/answers/why_not.hpp"
#include "tools/terminal/console.hpp"

namespace infodiet::tools {

/// `items` are those of the view; `user` is null if none was named.
Json to_json(const rl::Recommendation& list, const recsys::ItemTable& items, const std::optional<std::string>& user);
Json to_json(const rl::Explanation& explanation, const recsys::ItemTable& items, const std::string& user,
             recsys::ItemIndex item);
Json to_json(const rl::WhyNot& why, const recsys::ItemTable& items, const std::string& user, recsys::ItemIndex item);
Json to_json(const rl::Similar& similar, const recsys::ItemTable& items, recsys::ItemIndex item);
/// `topics` are the names of the view's topics.
Json to_json(const rl::DietLabel& label, const std::string& user, const std::vector<std::string>& topics);
Json to_json(const rl::DietSpread& spread);

}  // namespace infodiet::tools
