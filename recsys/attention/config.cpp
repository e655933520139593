#include "recsys/attention/config.hpp"
#include "engine/io/json_text.hpp"

#include <array>
#include <nlohmann/json.hpp>

namespace infodiet::recsys {

namespace {

// Larger than any sensible model, small enough that no product of two overflows.
constexpr double largest_size = 1 << 20;
constexpr double largest_depth = 1 << 10;
constexpr double largest_share = 0.99;

constexpr std::array<std::string_view, 4> block_names = {"pre_norm", "post_norm", "gated", "hstu"};
constexpr std::array<std::string_view, 2> activation_names = {"gelu", "relu"};
constexpr std::array<std::string_view, 2> position_names = {"ignored", "learned"};
constexpr std::array<std::string_view, 2> interval_names = {"ignored", "biased"};
constexpr std::array<std::string_view, 2> window_names = {"last", "all"};
constexpr std::array<std::string_view, 3> loss_names = {"softmax", "bce", "gbce"};
constexpr std::array<std::string_view, 2> part_choice_names = {"none", "chosen"};
constexpr std::array<std::string_view, 3> attribute_names = {"none", "neighbours", "all"};
constexpr std::array<std::string_view, 4> low_rating_names = {"same", "less", "ignored", "negatives"};
constexpr std::array<std::string_view, 2> schedule_names = {"none", "cosine"};

Setting<AttentionConfig> activation() {
  auto setting = choice<&AttentionConfig::activation>("activation", activation_names);
  setting.may_be_missing = true;
  return setting;
}

}  // namespace

std::span<const Setting<AttentionConfig>> attention_settings() {
  using C = AttentionConfig;
  static const std::array<Setting<C>, 13> all{
      setting<&C::width>("width", 1, largest_size),
      setting<&C::blocks>("blocks", 1, largest_depth),
      setting<&C::heads>("heads", 1, largest_size),
      formerly("hidden", setting<&C::ffn_width>("ffn_width", 1, largest_size)),
      choice<&C::block>("block", block_names),
      activation(),
      formerly("places", choice<&C::positions>("positions", position_names)),
      formerly("distances", setting<&C::relative_buckets>("relative_buckets", 0, largest_size)),
      choice<&C::intervals>("intervals", interval_names),
      setting<&C::temperature>("temperature", 0, 1e6),
      setting<&C::max_length>("length", 1, largest_size),
      setting<&C::dropout>("dropout", 0, largest_share),
      setting<&C::attention_dropout>("attention_dropout", 0, largest_share),
  };
  return all;
}

std::span<const Setting<TrainingConfig>> training_settings() {
  using C = TrainingConfig;
  static const std::array<Setting<C>, 21> all{
      setting<&C::batch>("batch", 1, largest_size),
      choice<&C::windows>("windows", window_names),
      choice<&C::loss>("loss", loss_names),
      setting<&C::negatives>("negatives", 0, largest_size),
      setting<&C::calibration>("calibration", 0, 1),
      choice<&C::neighbours>("neighbours", part_choice_names),
      choice<&C::attributes>("attributes", attribute_names),
      setting<&C::attribute_dropout>("attribute_dropout", 0, largest_share),
      choice<&C::linear>("linear", part_choice_names),
      setting<&C::linear_megabytes>("linear_megabytes", 1, 1 << 16),
      choice<&C::markov>("markov", part_choice_names),
      choice<&C::recent>("recent", part_choice_names),
      choice<&C::low_ratings>("low_ratings", low_rating_names),
      formerly("rate", setting<&C::learning_rate>("learning_rate", 0, 1)),
      setting<&C::ema>("ema", 0, 0.99999),
      formerly("decline", choice<&C::lr_schedule>("lr_schedule", schedule_names)),
      setting<&C::weight_decay>("weight_decay", 0, 1),
      formerly("clip", setting<&C::max_grad_norm>("max_grad_norm", 0, 1e9)),
      setting<&C::warmup_steps>("warmup", 0, 1e9),
      setting<&C::max_epochs>("epochs", 1, 1e6),
      setting<&C::patience>("patience", 1, 1e9),
  };
  return all;
}

std::span<const SearchRange> search_ranges() {
  static constexpr std::array<std::string_view, 3> widths{"32", "64", "128"};
  static constexpr std::array<std::string_view, 4> blocks{"1", "2", "3", "4"};
  static constexpr std::array<std::string_view, 3> heads{"1", "2", "4"};
  static constexpr std::array<std::string_view, 4> batches{"16", "32", "64", "128"};
  static constexpr std::array<std::string_view, 3> averages{"0", "0.99", "0.999"};
  static constexpr std::array<std::string_view, 3> decays{"0", "0.01", "0.1"};
  static constexpr std::array all{
      SearchRange{.name = "learning_rate", .low = 3e-4, .high = 3e-3, .logarithmic = true},
      SearchRange{.name = "dropout", .low = 0.1, .high = 0.6},
      SearchRange{.name = "temperature", .low = 0.03, .high = 0.12, .logarithmic = true},
      SearchRange{.name = "width", .choices = widths},
      SearchRange{.name = "blocks", .choices = blocks},
      SearchRange{.name = "heads", .choices = heads},
      SearchRange{.name = "batch", .choices = batches},
      SearchRange{.name = "ema", .choices = averages},
      SearchRange{.name = "weight_decay", .choices = decays},
  };
  return all;
}

std::string to_json(const AttentionConfig& config) {
  return settings_json(attention_settings(), config);
}

std::string to_json(const TrainingConfig& config) {
  auto json = engine::parse_json<nlohmann::ordered_json>(settings_json(training_settings(), config));
  json["seed"] = config.seed;
  return engine::json_text(json);
}

AttentionConfig attention_config_from_json(const std::string& text) {
  return stored_options("the attention model", attention_settings(), text);
}

}  // namespace infodiet::recsys
