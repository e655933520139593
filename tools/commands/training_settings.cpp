#include "tools/commands/training_settings.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <string>
#include <variant>

#include "recsys/suggest.hpp"
#include "tools/cli/errors.hpp"
#include "tools/cli/options.hpp"
#include "tools/terminal/text.hpp"

namespace infodiet::tools {

namespace {

template <class Config>
void assign(const recsys::Setting<Config>& setting, const std::string& value, Config& config) {
  const std::string option = fmt::format("--set {}", setting.name);
  if (const auto* size = std::get_if<std::size_t Config::*>(&setting.field)) {
    config.** size = parse_integer<std::size_t>(
        option, value,
        {.minimum = static_cast<std::size_t>(setting.minimum), .maximum = static_cast<std::size_t>(setting.maximum)});
  } else if (const auto* number = std::get_if<double Config::*>(&setting.field)) {
    config.** number = parse_number(option, value, {.minimum = setting.minimum, .maximum = setting.maximum});
  } else {
    const auto& choice = std::get<recsys::Choice<Config>>(setting.field);
    const auto known = std::find(choice.names.begin(), choice.names.end(), value);
    if (known == choice.names.end()) {
      throw UsageError(
          fmt::format("{}: '{}' is none of its values; known are {}", option, value, fmt::join(choice.names, ", ")));
    }
    choice.set(config, static_cast<std::size_t>(known - choice.names.begin()));
  }
}

/// Returns whether there is a setting of that name.
template <class Config>
bool assign(std::span<const recsys::Setting<Config>> settings, std::string_view name, const std::string& value,
            Config& config) {
  const auto setting = std::find_if(settings.begin(), settings.end(), [&](const auto& s) { return s.name == name; });
  if (setting == settings.end()) return false;
  assign(*setting, value, config);
  return true;
}

template <class Config>
void append(std::string& text, std::span<const recsys::Setting<Config>> settings, const Config& config) {
  for (const recsys::Setting<Config>& setting : settings) {
    text += fmt::format("{}{}=", text.empty() ? "" : " ", setting.name);
    if (const auto* size = std::get_if<std::size_t Config::*>(&setting.field)) {
      text += fmt::format("{}", config.**size);
    } else if (const auto* number = std::get_if<double Config::*>(&setting.field)) {
      text += fmt::format("{}", config.**number);
    } else {
      const auto& choice = std::get<recsys::Choice<Config>>(setting.field);
      text += choice.names[choice.get(config)];
    }
  }
}

}  // namespace

std::vector<std::string> training_setting_names() {
  std::vector<std::string> names;
  for (const auto& setting : recsys::attention_settings()) names.emplace_back(setting.name);
  for (const auto& setting : recsys::training_settings()) names.emplace_back(setting.name);
  return names;
}

void apply_settings(std::string_view text, TrainingSettings& settings) {
  for (const std::string& part : split_list(text)) {
    const std::size_t equals = part.find('=');
    if (equals == std::string::npos) {
      throw UsageError(fmt::format("--set: '{}' is not of the form name=value, as in --set width=128,blocks=4", part));
    }
    const std::string name = part.substr(0, equals);
    const std::string value = part.substr(equals + 1);
    if (!assign(recsys::attention_settings(), name, value, settings.config) &&
        !assign(recsys::training_settings(), name, value, settings.training)) {
      const std::vector<std::string> known = training_setting_names();
      throw UsageError(fmt::format("--set: there is no setting '{}'; known are {}{}", printable(name),
                                   fmt::join(known, ", "), recsys::suggestion(name, known)));
    }
  }
  if (settings.training.loss != recsys::Loss::softmax && settings.training.negatives == 0) {
    throw UsageError(
        "--set: a binary loss contrasts each item with others: give their number too, as in loss=bce,negatives=1");
  }
}

std::string describe(const TrainingSettings& settings) {
  std::string text;
  append(text, recsys::attention_settings(), settings.config);
  append(text, recsys::training_settings(), settings.training);
  return text;
}

}  // namespace infodiet::tools
