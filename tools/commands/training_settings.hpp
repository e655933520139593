// `train --set name=value,...`: the settings of model and training by name.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "recsys/attention/config.hpp"

namespace infodiet::tools {

struct TrainingSettings {
  recsys::AttentionConfig config;
  recsys::TrainingConfig training;
};

/// The names that `train --set` knows.
std::vector<std::string> training_setting_names();

/// Changes the settings named in `text`, "width=128,blocks=4". Throws UsageError for an unknown name (listing the known
/// ones), a value out of range, or a form other than name=value.
void apply_settings(std::string_view text, TrainingSettings& settings);

/// "width=64 blocks=2 ...", all settings with their values.
std::string describe(const TrainingSettings& settings);

}  // namespace infodiet::tools
