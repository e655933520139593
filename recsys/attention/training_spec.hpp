// `train --set name=value,...`: the settings of model and training together, by name.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "recsys/attention/config.hpp"

namespace infodiet::recsys {

/// The model that `train` makes, and how it trains it.
struct TrainingSpec {
  AttentionConfig config;
  TrainingConfig training;
};

/// All of them, as help lists them.
std::vector<SettingInfo> known_training_settings();

/// Changes the settings that `assignments` name, each "name=value". Throws SettingError for an unknown name (listing
/// the known ones), a value out of range, a form other than name=value, and settings that exclude each other.
void apply_settings(std::span<const std::string> assignments, TrainingSpec& settings);

/// "width=64 blocks=2 ...", all settings with their values.
std::string describe(const TrainingSpec& settings);

}  // namespace infodiet::recsys
