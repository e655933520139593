// The shape of an attention model and how it is trained; both are recorded with the model.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "engine/attention/multi_head.hpp"
#include "engine/optim/schedule.hpp"
#include "engine/transformer/block.hpp"
#include "recsys/settings.hpp"

namespace infodiet::recsys {

/// Whether the model adds a learned vector for the position in the history to each input.
enum class PositionVectors { ignored, learned };

/// The shape of the model. Its JSON form is stored with the model, and loading checks it.
struct AttentionConfig {
  std::size_t width = 64;
  std::size_t blocks = 2;
  std::size_t heads = 1;
  std::size_t ffn_width = 256;
  engine::BlockKind block = engine::BlockKind::pre_norm;
  engine::Activation activation = engine::Activation::gelu;  ///< of pre_norm and post_norm blocks
  PositionVectors positions = PositionVectors::learned;
  std::size_t relative_buckets = 0;  ///< of a bias by distance (engine/attention/relative_bias.hpp); 0 for none
  engine::Intervals intervals = engine::Intervals::ignored;  ///< a bias by the time between interactions
  /// Scores are cosines of hidden and item vectors over this temperature; 0: they are plain dot products.
  double temperature = 0;
  std::size_t max_length = 200;  ///< interactions that the model sees; older ones are left out
  double dropout = 0.1;
  double attention_dropout = 0.0;
};

/// Which interactions of a history longer than max_length training uses.
enum class Windows {
  last,  ///< the last max_length
  all,   ///< all, cut from the end into pieces of max_length
};

/// What is used of what is known of items. k-NN knows no imported vectors.
enum class Attributes {
  none,
  neighbours,  ///< attributes for item k-NN, imported vectors for item vectors
  all,         ///< the same, and attributes for item vectors too
};

/// Whether the published model is blended with a part beside attention (blended_model.hpp).
enum class Part {
  none,
  chosen,  ///< with the weight that fits validation best
};

/// The training loss.
enum class Loss {
  softmax,  ///< cross-entropy over the catalogue, or over the target and `negatives` items shared by the step
  bce,      ///< binary cross-entropy against `negatives` items per position, as in SASRec (Kang & McAuley 2018)
  gbce,     ///< the same with the calibration of gSASRec (Petrov & Macdonald 2023)
};

/// How training treats targets with a low rating (recsys/data/liking.hpp). As inputs they count like others.
enum class LowRatings {
  same,      ///< like others
  less,      ///< count half
  ignored,   ///< do not count
  negatives  ///< count half, as unwanted targets
};

/// How the model is trained.
struct TrainingConfig {
  std::size_t batch = 128;  ///< sequences per step
  Windows windows = Windows::all;
  Loss loss = Loss::softmax;
  /// Softmax: items sampled per step, shared by all positions (engine/losses/sampled_softmax.hpp); 0 for the whole
  /// catalogue. Binary losses: items sampled per position, at least 1.
  std::size_t negatives = 0;
  double calibration = 0.75;       ///< of gbce, from 0 (plain bce) to 1
  Part neighbours = Part::chosen;  ///< item k-NN
  Attributes attributes = Attributes::all;
  /// Share of items that a training step knows by their attributes and imported vectors alone.
  double attribute_dropout = 0.1;
  Part linear = Part::chosen;          ///< EASE
  std::size_t linear_megabytes = 256;  ///< that EASE may take in the model's file
  Part markov = Part::chosen;
  Part recent = Part::chosen;  ///< recent popularity
  LowRatings low_ratings = LowRatings::less;
  double learning_rate = 1e-3;
  double ema = 0;  ///< how much of a moving average of the weights stays every step; it is published. 0: no average
  engine::LrSchedule lr_schedule = engine::LrSchedule::none;  ///< over max_epochs
  double weight_decay = 0.0;
  double max_grad_norm = 5.0;  ///< largest Euclidean norm of a step's gradient
  std::size_t warmup_steps = 100;
  std::size_t max_epochs = 200;
  std::size_t patience = 10;  ///< epochs without a better validation NDCG@10 before stopping
  std::uint64_t seed = 1;
};

/// All fields but the seed, which has a column of its own, as they are stored and as `train --set` spells them.
std::span<const Setting<AttentionConfig>> attention_settings();
std::span<const Setting<TrainingConfig>> training_settings();

/// What `train --search` draws a setting from: one of some values as they are spelled, or a number between two.
struct SearchRange {
  std::string_view name;
  std::span<const std::string_view> choices = {};
  double low = 0;
  double high = 0;
  bool logarithmic = false;  ///< whether the number's logarithm is uniform
};

/// The ranges, of settings of both tables; any draw of all of them is valid.
std::span<const SearchRange> search_ranges();

/// The settings as a JSON object, for storing.
std::string to_json(const AttentionConfig& config);
std::string to_json(const TrainingConfig& config);

/// Throws DamagedError naming what is missing or out of range.
AttentionConfig attention_config_from_json(const std::string& text);

}  // namespace infodiet::recsys
