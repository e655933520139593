#include "tools/training_settings.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <string>
#include <variant>
#include <vector>

#include "tools/errors.hpp"
#include "tools/options.hpp"

namespace infodiet::tools {

namespace {

struct Setting {
  std::string name;
  std::variant<std::size_t*, double*> value;
  double largest;
};

std::vector<Setting> all_settings(TrainingSettings& settings) {
  recsys::AttentionConfig& config = settings.config;
  recsys::TrainingConfig& training = settings.training;
  constexpr double largest_size = 1 << 20;
  constexpr double largest_share = 0.99;
  return {{"width", &config.width, largest_size},
          {"blocks", &config.blocks, 1 << 10},
          {"heads", &config.heads, largest_size},
          {"hidden", &config.hidden, largest_size},
          {"length", &config.max_length, largest_size},
          {"dropout", &config.dropout, largest_share},
          {"attention_dropout", &config.attention_dropout, largest_share},
          {"batch", &training.batch, largest_size},
          {"rate", &training.rate, 1},
          {"weight_decay", &training.weight_decay, 1},
          {"clip", &training.clip, 1e9},
          {"warmup", &training.warmup_steps, 1e9},
          {"patience", &training.patience, 1e9}};
}

}  // namespace

void apply_settings(std::string_view text, TrainingSettings& settings) {
  std::vector<Setting> known = all_settings(settings);
  for (const std::string& part : split_list(text)) {
    const std::size_t equals = part.find('=');
    if (equals == std::string::npos) {
      throw UsageError(fmt::format("--set: '{}' is not of the form name=value, as in --set width=128,blocks=4", part));
    }
    const std::string name = part.substr(0, equals);
    const std::string value = part.substr(equals + 1);
    const auto setting = std::find_if(known.begin(), known.end(), [&](const Setting& s) { return s.name == name; });
    if (setting == known.end()) {
      std::string names;
      for (const Setting& s : known) names += (names.empty() ? "" : ", ") + s.name;
      throw UsageError(fmt::format("--set: there is no setting '{}'; known are {}", name, names));
    }
    if (std::size_t** size = std::get_if<std::size_t*>(&setting->value)) {
      **size = parse_integer<std::size_t>("--set " + name, value,
                                          {.minimum = 1, .maximum = static_cast<std::size_t>(setting->largest)});
    } else {
      *std::get<double*>(setting->value) =
          parse_number("--set " + name, value, {.minimum = 0, .maximum = setting->largest});
    }
  }
}

std::string describe(TrainingSettings settings) {
  std::string text;
  for (const Setting& setting : all_settings(settings)) {
    const std::string value = std::visit([](const auto* v) { return fmt::format("{}", *v); }, setting.value);
    text += fmt::format("{}{}={}", text.empty() ? "" : " ", setting.name, value);
  }
  return text;
}

}  // namespace infodiet::tools
