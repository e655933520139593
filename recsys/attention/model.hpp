// The trained attention model: network and weights, for scoring histories. trainer.hpp trains it,
// model_file.hpp stores it.
#pragma once

#include <memory>
#include <mutex>
#include <optional>
#include <vector>

#include "engine/parameters.hpp"
#include "engine/tensor.hpp"
#include "recsys/attention/cold_items.hpp"
#include "recsys/attention/read_states.hpp"
#include "recsys/attention/reading.hpp"
#include "recsys/ranking/item_scores.hpp"
#include "recsys/ranking/item_search.hpp"
#include "recsys/ranking/recommender.hpp"
#include "recsys/store/model_names.hpp"

namespace infodiet::recsys {

/// What training changes: the network's parameters and the item vectors (V, D).
struct AttentionWeights {
  engine::Parameters<float> network;
  engine::Matrix<float> items;
};

/// Scores histories with trained weights. Thread-safe; immutable except for its caches.
class AttentionModel final : public Recommender {
 public:
  /// Rows of the item vectors that belong to cold items are not read. A quantised `prefilter` costs time to build and a
  /// quarter of the vectors' memory; it speeds up lists for few people at a time. Throws ShapeError if the weights do
  /// not fit the configuration.
  AttentionModel(const AttentionConfig& config, AttentionWeights weights, const ColdItems* cold_items = nullptr,
                 Prefilter prefilter = Prefilter::none);

  std::string name() const override { return std::string(attention_model); }
  std::size_t catalogue_size() const override { return weights_.items.shape(0); }
  /// An empty history has nothing to attend over: all its scores are 0. A common prefix of all histories is computed
  /// only once, for example if each lacks one interaction of the same history; scores then differ by rounding only.
  void score(std::span<const History> histories, engine::MatrixSpan<float> scores) const override;
  /// Scores the catalogue tile by tile (recsys/ranking/item_search.hpp), never a row at once.
  void recommend(engine::ThreadPool& pool, std::span<const ListQuery> queries, std::size_t k,
                 std::vector<std::vector<ScoredItem>>& lists) const override;

  /// Caches the states of single histories, in at most `bytes`, so that a list for a history that begins with a cached
  /// one costs only the new interactions; scores differ by rounding only. Histories longer than max_length are
  /// recomputed for every interaction, since all positions shift. Call it before other threads use the model.
  void keep_states(std::size_t bytes) { states_ = std::make_unique<ReadStates>(bytes); }
  /// Null without keep_states.
  const ReadStates* states() const { return states_.get(); }

  /// The attention weight from the last interaction to each of the last max_length, oldest first, averaged over blocks
  /// and heads. It is the same for every candidate, so by itself it explains none.
  std::vector<double> attention_of_last(const History& history) const;

  /// Whether the item has a trained vector.
  bool trained(ItemIndex item) const { return cold_.empty() || !cold_[item]; }

  const AttentionConfig& config() const { return config_; }
  const AttentionNetwork<float>& network() const { return network_; }
  const AttentionWeights& weights() const { return weights_; }
  /// (V, D) the output layer: an item's score is the dot product of its row and the history's last hidden vector.
  const ItemVectors& output_vectors() const { return search_->items(); }

 private:
  struct Scratch : Reading {
    engine::Matrix<float> tile;  // of output vectors
  };
  // scores (B, V) of scratch.last (B, D).
  void score_last(Scratch& scratch, engine::MatrixSpan<float> scores) const;
  // Fills scratch.last (B, D) with the hidden vector of each history's end.
  void read_histories(std::span<const History> histories, Scratch& scratch) const;
  // The same for one history, from its cached state.
  void read_on(const History& history, Scratch& scratch) const;
  std::unique_ptr<Scratch> borrow() const;
  void give_back(std::unique_ptr<Scratch> scratch) const;

  AttentionConfig config_;
  AttentionNetwork<float> network_;
  AttentionWeights weights_;
  std::vector<bool> cold_;            // (V), empty where no item is
  std::optional<ItemSearch> search_;  // over output_vectors(), whose table is weights_.items
  std::optional<ItemScores> scores_;  // of the same
  std::unique_ptr<ReadStates> states_;
  mutable std::mutex mutex_;
  mutable std::vector<std::unique_ptr<Scratch>> idle_;
};

/// Starting weights for a catalogue of V items, a function of configuration and seed; of the items only some rows.
AttentionWeights initial_weights(const AttentionConfig& config, const engine::Range& rows, std::uint64_t seed);
/// The same with all rows.
inline AttentionWeights initial_weights(const AttentionConfig& config, std::size_t catalogue_size, std::uint64_t seed) {
  return initial_weights(config, {0, catalogue_size}, seed);
}

}  // namespace infodiet::recsys
