// What an attention model is made of and how it is trained; both are recorded with the model.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>

namespace infodiet::recsys {

/// The shape of the model. Its JSON form is stored with the model, and loading checks it.
struct AttentionConfig {
  std::size_t width = 64;
  std::size_t blocks = 2;
  std::size_t heads = 1;
  std::size_t hidden = 256;
  std::size_t max_length = 200;  ///< longest history that is attended over; older interactions are left out
  double dropout = 0.1;
  double attention_dropout = 0.0;
};

/// How it is trained.
struct TrainingConfig {
  std::size_t batch = 128;  ///< sequences a step
  double rate = 1e-3;
  double weight_decay = 0.0;
  double clip = 5.0;  ///< longest Euclidean norm of a step's gradient
  std::size_t warmup_steps = 100;
  std::size_t max_epochs = 200;
  std::size_t patience = 10;  ///< epochs without a better validation NDCG@10 before stopping
  std::uint64_t seed = 1;
};

std::string to_json(const AttentionConfig& config);
std::string to_json(const TrainingConfig& config);

/// Throws DamagedError naming what is missing or out of range.
AttentionConfig attention_config_from_json(const std::string& text);

}  // namespace infodiet::recsys
