#include "tools/serve/arms.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "recsys/errors.hpp"
#include "recsys/import/values.hpp"
#include "recsys/settings.hpp"
#include "recsys/store/digest.hpp"

namespace infodiet::tools::serve {
namespace {

Arm arm_of(std::string_view part, const std::string& where) {
  const std::size_t equals = std::min(part.find('='), part.size());
  Arm arm{.name = std::string(part.substr(0, equals))};
  if (arm.name == "agent") {
    arm.chooser = rl::Chooser::agent;
  } else if (arm.name != "attention") {
    throw recsys::SettingError(
        fmt::format("{}: unknown arm '{}': expected attention or agent, as attention=0.5,agent=0.5", where, arm.name));
  }
  const auto share = equals < part.size() ? recsys::parse_number(std::string(part.substr(equals + 1))) : std::nullopt;
  if (!share || !(*share > 0) || *share > 1) {
    throw recsys::SettingError(
        fmt::format("{} {}: expected a share above 0 and at most 1, as {}=0.5", where, part, arm.name));
  }
  arm.share = *share;
  return arm;
}

// Pseudo-random in [0, 1).
double position_of(std::string_view user) {
  constexpr std::size_t digits = 13;  // 52 bits, which a double holds
  const std::string hex = recsys::Digest().add("arm").add(user).hex().substr(0, digits);
  return static_cast<double>(std::stoull(hex, nullptr, 16)) / std::exp2(4.0 * digits);
}

}  // namespace

Arms::Arms(const std::string& text, const std::string& where) {
  double sum = 0;
  for (std::size_t begin = 0; begin <= text.size();) {
    const std::size_t end = std::min(text.find(',', begin), text.size());
    Arm arm = arm_of(std::string_view(text).substr(begin, end - begin), where);
    const auto same = [&](const Arm& one) { return one.name == arm.name; };
    if (std::any_of(arms_.begin(), arms_.end(), same)) {
      throw recsys::SettingError(fmt::format("{}: {} is given twice: give each once", where, arm.name));
    }
    sum += arm.share;
    arms_.push_back(std::move(arm));
    begin = end + 1;
  }
  constexpr double rounding = 1e-9;
  if (std::abs(sum - 1) > rounding)
    throw recsys::SettingError(fmt::format("{}: the shares add up to {}: expected 1", where, sum));
}

const Arm& Arms::of(std::string_view user) const {
  if (arms_.size() == 1) return arms_.front();
  double position = position_of(user);
  for (const Arm& arm : arms_) {
    if (position < arm.share) return arm;
    position -= arm.share;
  }
  return arms_.back();
}

bool Arms::has(rl::Chooser chooser) const {
  return std::any_of(arms_.begin(), arms_.end(), [&](const Arm& arm) { return arm.chooser == chooser; });
}

}  // namespace infodiet::tools::serve
