// The trained attention model: numbers and network together, scoring histories. Training is trainer.hpp's, storing is
// model_file.hpp's.
#pragma once

#include <memory>
#include <mutex>
#include <vector>

#include "engine/parameters.hpp"
#include "engine/tensor.hpp"
#include "recsys/attention/network.hpp"
#include "recsys/recommender.hpp"

namespace infodiet::recsys {

/// What training changes: the network's parameters and the item vectors (V, D).
struct AttentionWeights {
  engine::Parameters<float> network;
  engine::Matrix<float> items;
};

/// Histories as a ragged batch of tokens: only the last `max_length` interactions of each.
struct TokenBatch {
  std::vector<std::uint32_t> tokens;
  std::vector<std::size_t> offsets{0};

  void clear() {
    tokens.clear();
    offsets.assign(1, 0);
  }
  void add(std::span<const ItemIndex> items, std::size_t max_length);
  engine::Ragged ragged() const { return engine::Ragged(offsets); }
};

class AttentionModel final : public Recommender {
 public:
  /// Throws ShapeError if the weights do not fit the configuration.
  AttentionModel(const AttentionConfig& config, AttentionWeights weights);

  std::string name() const override { return "attention"; }
  std::size_t catalogue_size() const override { return weights_.items.shape(0); }
  /// An empty history has nothing to attend over: all its scores are 0.
  void score(std::span<const History> histories, engine::MatrixSpan<float> scores) const override;

  const AttentionConfig& config() const { return config_; }
  const AttentionNetwork<float>& network() const { return network_; }
  const AttentionWeights& weights() const { return weights_; }

 private:
  // Buffers of one forward pass; kept between calls, because fresh ones cost more than the pass itself.
  struct Scratch {
    TokenBatch batch;
    AttentionNetwork<float>::Cache cache;
    engine::Workspace<float> workspace;
    engine::Matrix<float> hidden;
    engine::Matrix<float> last;
  };
  std::unique_ptr<Scratch> borrow() const;
  void give_back(std::unique_ptr<Scratch> scratch) const;

  AttentionConfig config_;
  AttentionNetwork<float> network_;
  AttentionWeights weights_;
  mutable std::mutex mutex_;
  mutable std::vector<std::unique_ptr<Scratch>> idle_;
};

/// Starting weights for a catalogue of V items, a function of configuration and seed.
AttentionWeights initial_weights(const AttentionConfig& config, std::size_t catalogue_size, std::uint64_t seed);

}  // namespace infodiet::recsys
