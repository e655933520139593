#include "recsys/attention/config.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>

#include "recsys/errors.hpp"

namespace infodiet::recsys {

namespace {

using Json = nlohmann::ordered_json;

// Larger than any sensible model, small enough that no product of two overflows.
constexpr double largest_size = 1 << 20;
constexpr double most_blocks = 1 << 10;
constexpr double largest_share = 0.99;

/// The enum `member`, whose values are 0, 1, ... in the order of `names`.
template <auto member, class Config, std::size_t n>
Choice<Config> choice(const std::array<std::string_view, n>& names) {
  using Value = std::remove_cvref_t<decltype(std::declval<Config&>().*member)>;
  return {.names = names,
          .get = [](const Config& config) { return static_cast<std::size_t>(config.*member); },
          .set = [](Config& config, std::size_t index) { config.*member = static_cast<Value>(index); }};
}

constexpr std::array<std::string_view, 4> block_names = {"pre_norm", "post_norm", "gated", "hstu"};
constexpr std::array<std::string_view, 2> activation_names = {"gelu", "relu"};
constexpr std::array<std::string_view, 2> place_names = {"ignored", "learned"};
constexpr std::array<std::string_view, 2> interval_names = {"ignored", "biased"};
constexpr std::array<std::string_view, 2> window_names = {"last", "all"};
constexpr std::array<std::string_view, 3> loss_names = {"softmax", "bce", "gbce"};
constexpr std::array<std::string_view, 2> neighbour_names = {"none", "chosen"};
constexpr std::array<std::string_view, 2> decline_names = {"none", "cosine"};

template <class Config>
Json json_of(const Config& config, std::span<const Setting<Config>> settings) {
  Json json = Json::object();
  for (const Setting<Config>& setting : settings) {
    Json& value = json[std::string(setting.name)];
    if (const auto* size = std::get_if<std::size_t Config::*>(&setting.field)) {
      value = config.**size;
    } else if (const auto* number = std::get_if<double Config::*>(&setting.field)) {
      value = config.**number;
    } else {
      const auto& names = std::get<Choice<Config>>(setting.field);
      value = std::string(names.names[names.get(config)]);
    }
  }
  return json;
}

[[noreturn]] void refuse(std::string_view name, const std::string& expected) {
  throw DamagedError(
      fmt::format("the stored configuration of the attention model has no sensible '{}' (expected {}): train again",
                  name, expected));
}

void read(const Json& json, const Setting<AttentionConfig>& setting, AttentionConfig& config) {
  const auto found = json.find(setting.name);
  if (found == json.end() && setting.may_be_missing) return;
  if (const auto* names = std::get_if<Choice<AttentionConfig>>(&setting.field)) {
    const auto known = found == json.end() || !found->is_string()
                           ? names->names.end()
                           : std::find(names->names.begin(), names->names.end(), found->get<std::string>());
    if (known == names->names.end()) refuse(setting.name, fmt::format("one of {}", fmt::join(names->names, ", ")));
    names->set(config, static_cast<std::size_t>(known - names->names.begin()));
    return;
  }
  const auto* size = std::get_if<std::size_t AttentionConfig::*>(&setting.field);
  const bool fits = found != json.end() && (size != nullptr ? found->is_number_unsigned() : found->is_number()) &&
                    *found >= setting.minimum && *found <= setting.maximum;
  if (!fits) {
    refuse(setting.name,
           fmt::format("a {}number from {} to {}", size != nullptr ? "whole " : "", setting.minimum, setting.maximum));
  }
  if (size != nullptr) {
    config.** size = found->get<std::size_t>();
  } else {
    config.*std::get<double AttentionConfig::*>(setting.field) = found->get<double>();
  }
}

}  // namespace

std::span<const Setting<AttentionConfig>> attention_settings() {
  using C = AttentionConfig;
  static const std::array<Setting<C>, 13> all{{
      {"width", &C::width, 1, largest_size},
      {"blocks", &C::blocks, 1, most_blocks},
      {"heads", &C::heads, 1, largest_size},
      {"hidden", &C::hidden, 1, largest_size},
      {"block", choice<&C::block, C>(block_names)},
      {.name = "activation", .field = choice<&C::activation, C>(activation_names), .may_be_missing = true},
      {"places", choice<&C::places, C>(place_names)},
      {"distances", &C::distances, 0, largest_size},
      {"intervals", choice<&C::intervals, C>(interval_names)},
      {"temperature", &C::temperature, 0, 1e6},
      {"length", &C::max_length, 1, largest_size},
      {"dropout", &C::dropout, 0, largest_share},
      {"attention_dropout", &C::attention_dropout, 0, largest_share},
  }};
  return all;
}

std::span<const Setting<TrainingConfig>> training_settings() {
  using C = TrainingConfig;
  static const std::array<Setting<C>, 13> all{{
      {"batch", &C::batch, 1, largest_size},
      {"windows", choice<&C::windows, C>(window_names)},
      {"loss", choice<&C::loss, C>(loss_names)},
      {"negatives", &C::negatives, 0, largest_size},
      {"calibration", &C::calibration, 0, 1},
      {"neighbours", choice<&C::neighbours, C>(neighbour_names)},
      {"rate", &C::rate, 0, 1},
      {"decline", choice<&C::decline, C>(decline_names)},
      {"weight_decay", &C::weight_decay, 0, 1},
      {"clip", &C::clip, 0, 1e9},
      {"warmup", &C::warmup_steps, 0, 1e9},
      {"epochs", &C::max_epochs, 1, 1e6},
      {"patience", &C::patience, 1, 1e9},
  }};
  return all;
}

std::string to_json(const AttentionConfig& config) {
  return json_of(config, attention_settings()).dump();
}

std::string to_json(const TrainingConfig& config) {
  Json json = json_of(config, training_settings());
  json["seed"] = config.seed;
  return json.dump();
}

AttentionConfig attention_config_from_json(const std::string& text) {
  const Json json = Json::parse(text, nullptr, false);
  if (!json.is_object()) {
    throw DamagedError("the stored configuration of the attention model is not a JSON object: train again");
  }
  AttentionConfig config;
  for (const Setting<AttentionConfig>& setting : attention_settings()) read(json, setting, config);
  return config;
}

}  // namespace infodiet::recsys
