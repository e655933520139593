// What a training run saves, copied, to restore another from.
#pragma once

#include <algorithm>
#include <map>
#include <numeric>
#include <vector>

#include "recsys/attention/training.hpp"

namespace infodiet::test {

struct SavedTraining {
  recsys::AttentionTrainer::State state;
  std::map<recsys::ItemNumbers, std::vector<float>> items;

  explicit SavedTraining(const recsys::AttentionTrainer& trainer) {
    using recsys::ItemNumbers;
    state = {.small = {.network = trainer.weights().network,
                       .moments = trainer.network_moments(),
                       .attribute_moments = trainer.attribute_moments()},
             .epochs = trainer.epochs()};
    for (const auto which : {ItemNumbers::vectors, ItemNumbers::first_moments, ItemNumbers::second_moments}) {
      keep(trainer, which);
    }
    if (trainer.attributes() != nullptr) state.small.attributes = trainer.attributes()->vectors();
    if (!trainer.average()) return;
    state.small.average = trainer.average()->weights.network;
    state.small.average_attributes = trainer.average()->attributes;
    keep(trainer, ItemNumbers::average);
  }

  /// With the best weights.
  explicit SavedTraining(const recsys::TrainingRun& run) : SavedTraining(run.trainer()) {
    state.small.best = run.trainer().best_network();
    keep(run.trainer(), recsys::ItemNumbers::best);
  }

  /// In pieces that end within rows.
  recsys::AttentionTrainer::ItemSource source() const {
    return [this](recsys::ItemNumbers which, const auto& take) {
      constexpr std::size_t piece = 37;
      const std::span<const float> all(items.at(which));
      for (std::size_t first = 0; first < all.size(); first += piece) {
        take(first, all.subspan(first, std::min(piece, all.size() - first)));
      }
    };
  }

 private:
  void keep(const recsys::AttentionTrainer& trainer, recsys::ItemNumbers which) {
    std::vector<std::uint32_t> rows(trainer.catalogue_size());
    std::iota(rows.begin(), rows.end(), 0U);
    std::vector<float>& values = items[which];
    values.resize(rows.size() * trainer.weights().items.shape(1));
    trainer.read_rows(which, rows, values);
  }
};

}  // namespace infodiet::test
