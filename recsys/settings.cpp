#include "recsys/settings.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <nlohmann/json.hpp>
#include <optional>

#include "engine/io/json_text.hpp"
#include "recsys/errors.hpp"

namespace infodiet::recsys {

namespace {

using Json = nlohmann::ordered_json;

std::string range_of(const SettingInfo& setting) {
  switch (setting.kind) {
    case SettingKind::flag:
      return "0 or 1";
    case SettingKind::whole:
      return fmt::format("a whole number from {} to {}", setting.low, setting.high);
    case SettingKind::choice:
      return fmt::format("one of {}", fmt::join(setting.choices, ", "));
    case SettingKind::real:
      break;
  }
  return fmt::format("a number from {} to {}", setting.low, setting.high);
}

bool fits(const SettingInfo& setting, double value) {
  const bool whole = setting.kind == SettingKind::real || value == std::floor(value);
  return value >= setting.low && value <= setting.high && whole;
}

/// "width", or "sensitivity (how strongly ...)" if it has a meaning.
std::string title_of(const SettingInfo& setting) {
  if (setting.meaning.empty()) return std::string(setting.name);
  return fmt::format("{} ({})", setting.name, setting.meaning);
}

std::string names_of(std::span<const SettingInfo> known) {
  std::string names;
  for (const SettingInfo& setting : known) {
    names += fmt::format("{}{}={}", names.empty() ? "" : ", ", setting.name, value_text(setting, setting.value));
  }
  return names;
}

bool is_called(const SettingInfo& setting, std::string_view name) {
  return setting.name == name || (!setting.former.empty() && setting.former == name);
}

SettingError unknown(std::string_view owner, std::span<const SettingInfo> known, std::string_view name) {
  std::vector<std::string> names;
  for (const SettingInfo& setting : known) names.emplace_back(setting.name);
  return {fmt::format("{}: there is no \"{}\": expected one of {}", owner, name, names_of(known)), std::string(name),
          std::move(names)};
}

/// What `text` gives `setting`, or null where it is no number.
std::optional<double> number_in(std::string_view text) {
  double value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return value;
}

double read_value(std::string_view owner, const SettingInfo& setting, std::string_view text) {
  if (setting.kind == SettingKind::choice) {
    const auto found = std::find(setting.choices.begin(), setting.choices.end(), text);
    if (found != setting.choices.end()) return static_cast<double>(found - setting.choices.begin());
    throw SettingError(
        fmt::format("{}: {} is set to \"{}\": expected {}", owner, title_of(setting), text, range_of(setting)),
        std::string(text), {setting.choices.begin(), setting.choices.end()});
  }
  const std::optional<double> value = number_in(text);
  if (!value) {
    throw SettingError(fmt::format("{}: {} is set to \"{}\", which is not a number: expected {}", owner,
                                   title_of(setting), text, range_of(setting)));
  }
  check_value(owner, setting, *value);
  return *value;
}

/// A stored value as a number, or null if it is invalid.
std::optional<double> stored_value(const SettingInfo& setting, const Json& json) {
  std::optional<double> value;
  if (setting.kind == SettingKind::choice && json.is_string()) {
    const auto found = std::find(setting.choices.begin(), setting.choices.end(), json.get<std::string>());
    if (found != setting.choices.end()) value = static_cast<double>(found - setting.choices.begin());
  } else if (setting.kind == SettingKind::flag && json.is_boolean()) {
    value = json.get<bool>() ? 1 : 0;
  } else if (setting.kind == SettingKind::whole ? json.is_number_unsigned()
                                                : setting.kind == SettingKind::real && json.is_number()) {
    value = json.get<double>();
  }
  if (value && !fits(setting, *value)) return std::nullopt;
  return value;
}

}  // namespace

void check_value(std::string_view owner, const SettingInfo& setting, double value) {
  if (fits(setting, value)) return;
  throw SettingError(fmt::format("{}: {} is {}: expected {}", owner, title_of(setting), value, range_of(setting)));
}

std::pair<std::size_t, double> read_assignment(std::string_view owner, std::span<const SettingInfo> known,
                                               std::string_view assignment) {
  const std::size_t equals = assignment.find('=');
  if (equals == std::string_view::npos) {
    throw SettingError(fmt::format("{}: \"{}\" is not an assignment: expected name=value with one of {}", owner,
                                   assignment, names_of(known)));
  }
  const std::string_view name = assignment.substr(0, equals);
  const auto found =
      std::find_if(known.begin(), known.end(), [&](const auto& setting) { return is_called(setting, name); });
  if (found == known.end()) throw unknown(owner, known, name);
  return {static_cast<std::size_t>(found - known.begin()), read_value(owner, *found, assignment.substr(equals + 1))};
}

std::vector<std::string> former_names(std::span<const SettingInfo> known, std::span<const std::string> assignments) {
  std::vector<std::string> sentences;
  for (const SettingInfo& setting : known) {
    const bool is_used = std::any_of(assignments.begin(), assignments.end(), [&](const std::string& assignment) {
      return !setting.former.empty() && assignment.starts_with(fmt::format("{}=", setting.former));
    });
    if (is_used) sentences.push_back(fmt::format("{} is called {} now", setting.former, setting.name));
  }
  return sentences;
}

std::string value_text(const SettingInfo& setting, double value) {
  if (setting.kind == SettingKind::choice) return std::string(setting.choices[static_cast<std::size_t>(value)]);
  return fmt::format("{}", value);
}

std::string settings_json(std::span<const SettingInfo> known, std::span<const double> values) {
  Json json = Json::object();
  for (std::size_t i = 0; i < known.size(); ++i) {
    Json& value = json[std::string(known[i].name)];
    switch (known[i].kind) {
      case SettingKind::real:
        value = values[i];
        break;
      case SettingKind::whole:
        value = static_cast<std::size_t>(values[i]);
        break;
      case SettingKind::flag:
        value = values[i] != 0;
        break;
      case SettingKind::choice:
        value = value_text(known[i], values[i]);
        break;
    }
  }
  return engine::json_text(json);
}

std::vector<double> stored_settings(std::string_view owner, std::span<const SettingInfo> known,
                                    const std::string& text) {
  const Json json = engine::parse_json<Json>(text);
  if (!json.is_object()) {
    throw DamagedError(fmt::format("the stored configuration of {} is not a JSON object: train again", owner));
  }
  std::vector<double> values;
  for (const SettingInfo& setting : known) {
    const auto found = json.find(setting.name);
    if (found == json.end() && setting.may_be_missing) {
      values.push_back(setting.value);
      continue;
    }
    const std::optional<double> value = found == json.end() ? std::nullopt : stored_value(setting, *found);
    if (!value) {
      throw DamagedError(fmt::format("the stored configuration of {} has no valid '{}' (expected {}): train again",
                                     owner, setting.name, range_of(setting)));
    }
    values.push_back(*value);
  }
  return values;
}

}  // namespace infodiet::recsys
