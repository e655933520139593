#include "recsys/attention/training_spec.hpp"

#include <fmt/format.h>

#include "recsys/errors.hpp"

namespace infodiet::recsys {

namespace {

template <class Config>
void append(std::string& text, std::span<const Setting<Config>> table, const Config& config) {
  for (const Setting<Config>& setting : table) {
    text += fmt::format("{}{}={}", text.empty() ? "" : " ", setting.name, value_text(setting, setting.get(config)));
  }
}

}  // namespace

std::vector<SettingInfo> known_training_settings() {
  std::vector<SettingInfo> known = describe(attention_settings());
  known.insert(known.end(), training_settings().begin(), training_settings().end());
  return known;
}

void apply_settings(std::span<const std::string> assignments, TrainingSpec& settings) {
  const std::vector<SettingInfo> known = known_training_settings();
  const std::size_t of_model = attention_settings().size();
  for (const std::string& assignment : assignments) {
    const auto [index, value] = read_assignment("--set", known, assignment);
    if (index < of_model) {
      attention_settings()[index].set(settings.config, value);
    } else {
      training_settings()[index - of_model].set(settings.training, value);
    }
  }
  if (settings.training.loss != Loss::softmax && settings.training.negatives == 0) {
    throw SettingError("--set: a binary loss needs negatives: give their number too, as in loss=bce,negatives=1");
  }
}

std::string describe(const TrainingSpec& settings) {
  std::string text;
  append(text, attention_settings(), settings.config);
  append(text, training_settings(), settings.training);
  return text;
}

}  // namespace infodiet::recsys
