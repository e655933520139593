#include "recsys/attention/defaults.hpp"

#include <algorithm>

#include "recsys/data/time_kind.hpp"

namespace infodiet::recsys {

namespace {

// All of these were found by experiment on validation only: recsys/attention/experiments.md.
constexpr std::size_t usual_heads = 2;
constexpr double cosine_temperature = 0.05;
// Deeper models and less dropout where there is more to learn from.
constexpr std::size_t much_data = 500'000;
constexpr std::size_t blocks_of_much_data = 4;
constexpr std::size_t few_epochs = 20;
constexpr std::size_t usual_epochs = 40;
constexpr double many_per_item = 100;
constexpr double few_per_item = 20;
// Of items seldom seen by many people, wide vectors and an average over about an epoch are better than twice the
// epochs, in equal time.
constexpr std::size_t width_of_rare_items = 128;
constexpr double ema_of_rare_items = 0.995;
// Above this catalogue the product with all items costs more than the network.
constexpr std::size_t largest_full_catalogue = 8192;
constexpr std::size_t negatives_instead = 2048;
// With the usual batch size a small data set would get too few updates.
constexpr std::size_t steps_wanted = 160;
// Much data and a loss over the whole catalogue, to which an average of the weights adds little time: many large steps,
// averaged, are at the same quality in half the epochs.
constexpr std::size_t steps_wanted_averaged = 320;
constexpr double learning_rate_averaged = 0.004;
constexpr double ema_of_much_data = 0.99;
constexpr std::size_t smallest_batch = 16;

double dropout_for(double interactions_per_item) {
  if (interactions_per_item >= many_per_item) return 0.1;
  return interactions_per_item >= few_per_item ? 0.3 : 0.5;
}

}  // namespace

AttentionDefaults attention_defaults(const Dataset& data) {
  AttentionDefaults defaults;
  std::size_t longest = 1;
  for (std::size_t user = 0; user < data.users(); ++user) longest = std::max(longest, data.history(user).size());
  const bool much = data.items.size() >= much_data;
  const double catalogue = static_cast<double>(std::max<std::size_t>(1, data.catalogue_size()));

  AttentionConfig& config = defaults.config;
  config.block = engine::BlockKind::gated;
  if (much) config.blocks = blocks_of_much_data;
  config.heads = usual_heads;
  config.max_length = std::min(config.max_length, longest);
  config.relative_buckets = config.max_length;
  config.temperature = cosine_temperature;
  const double per_item = static_cast<double>(data.items.size()) / catalogue;
  const bool rare = per_item < few_per_item;
  config.dropout = dropout_for(per_item);
  if (time_kind(data) == TimeKind::real) config.intervals = engine::Intervals::biased;

  TrainingConfig& training = defaults.training;
  // What an item shares with others says more of it than its own few interactions.
  training.attributes = rare ? Attributes::all : Attributes::neighbours;
  training.lr_schedule = engine::LrSchedule::cosine;
  const bool samples = data.catalogue_size() > largest_full_catalogue;
  if (samples) training.negatives = negatives_instead;
  const bool averages = much && !samples;
  if (averages) {
    training.learning_rate = learning_rate_averaged;
    training.ema = ema_of_much_data;
  }
  const std::size_t steps = averages ? steps_wanted_averaged : steps_wanted;
  while (training.batch > smallest_batch && data.users() < steps * training.batch) training.batch /= 2;
  const bool is_wide = rare && !much && data.users() >= steps_wanted * training.batch;
  if (is_wide) {
    config.width = width_of_rare_items;
    training.ema = ema_of_rare_items;
  }
  training.max_epochs = much || is_wide ? few_epochs : usual_epochs;
  return defaults;
}

}  // namespace infodiet::recsys
