#include "tests/bench/padded_batches.hpp"

#include <algorithm>
#include <numeric>
#include <span>

#include "engine/random.hpp"

namespace infodiet::bench {

namespace {

PaddedBatch padded_batch(const recsys::Dataset& data, std::span<const std::uint32_t> users, std::size_t length,
                         engine::RandomStream stream) {
  PaddedBatch batch;
  for (std::vector<std::int64_t>* matrix : {&batch.inputs, &batch.positives, &batch.negatives}) {
    matrix->resize(users.size() * length);
  }
  for (std::size_t b = 0; b < users.size(); ++b) {
    const recsys::History history = data.history(users[b]);
    const std::size_t count = std::min(history.size() - 1, length);
    batch.lengths.push_back(static_cast<std::int64_t>(count));
    for (std::size_t i = 0; i < count; ++i) {
      const std::size_t from = history.size() - 1 - (count - i);
      const std::size_t position = (b + 1) * length - count + i;
      batch.inputs[position] = history.items[from] + 1;
      batch.positives[position] = history.items[from + 1] + 1;
      batch.negatives[position] = static_cast<std::int64_t>(stream.below(data.catalogue_size())) + 1;
    }
  }
  return batch;
}

}  // namespace

std::vector<PaddedBatch> padded_batches(const PeerShape& shape, std::size_t count) {
  const recsys::Dataset data = make_histories(shape.data);
  std::vector<std::uint32_t> order(data.users());
  std::iota(order.begin(), order.end(), 0U);
  engine::RandomStream shuffling(1, engine::Purpose::shuffle);
  engine::shuffle(std::span(order), shuffling);
  std::vector<PaddedBatch> batches;
  for (std::uint32_t number = 0; number < count; ++number) {
    batches.push_back(padded_batch(data, std::span(order).subspan(number * peer_batch, peer_batch), shape.length,
                                   engine::RandomStream(1, engine::Purpose::negatives, number)));
  }
  return batches;
}

}  // namespace infodiet::bench
