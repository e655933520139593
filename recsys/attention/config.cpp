#include "recsys/attention/config.hpp"

#include <fmt/format.h>

#include <cmath>
#include <nlohmann/json.hpp>

#include "recsys/errors.hpp"

namespace infodiet::recsys {

namespace {

// Larger than any sensible model, small enough that no product of two overflows.
constexpr std::size_t largest_size = 1 << 20;
constexpr std::size_t most_blocks = 1 << 10;

std::size_t size_at(const nlohmann::json& json, const char* key, std::size_t largest = largest_size) {
  if (!json.contains(key) || !json[key].is_number_unsigned() || json[key] == 0 || json[key] > largest) {
    throw DamagedError(fmt::format(
        "the stored configuration of the attention model has no sensible '{}' (expected a whole number from 1 to {}): "
        "train again",
        key, largest));
  }
  return json[key];
}

double rate_at(const nlohmann::json& json, const char* key) {
  if (!json.contains(key) || !json[key].is_number() || !(json[key] >= 0.0 && json[key] < 1.0)) {
    throw DamagedError(fmt::format(
        "the stored configuration of the attention model has no sensible '{}' (expected at least 0 and under 1): train "
        "again",
        key));
  }
  return json[key];
}

}  // namespace

std::string to_json(const AttentionConfig& config) {
  const nlohmann::ordered_json json = {
      {"width", config.width},
      {"blocks", config.blocks},
      {"heads", config.heads},
      {"hidden", config.hidden},
      {"max_length", config.max_length},
      {"dropout", config.dropout},
      {"attention_dropout", config.attention_dropout},
  };
  return json.dump();
}

std::string to_json(const TrainingConfig& config) {
  const nlohmann::ordered_json json = {
      {"batch", config.batch},
      {"rate", config.rate},
      {"weight_decay", config.weight_decay},
      {"clip", config.clip},
      {"warmup_steps", config.warmup_steps},
      {"max_epochs", config.max_epochs},
      {"patience", config.patience},
      {"seed", config.seed},
  };
  return json.dump();
}

AttentionConfig attention_config_from_json(const std::string& text) {
  const nlohmann::json json = nlohmann::json::parse(text, nullptr, false);
  if (!json.is_object()) {
    throw DamagedError("the stored configuration of the attention model is not a JSON object: train again");
  }
  return {.width = size_at(json, "width"),
          .blocks = size_at(json, "blocks", most_blocks),
          .heads = size_at(json, "heads"),
          .hidden = size_at(json, "hidden"),
          .max_length = size_at(json, "max_length"),
          .dropout = rate_at(json, "dropout"),
          .attention_dropout = rate_at(json, "attention_dropout")};
}

}  // namespace infodiet::recsys
