#include "recsys/attention/reading.hpp"

#include <algorithm>
#include <array>

namespace infodiet::recsys {

void TokenBatch::clear() {
  tokens.clear();
  times.clear();
  offsets.assign(1, 0);
}

void TokenBatch::add(const History& history, std::size_t max_length) {
  const History recent = history.last(std::min(history.size(), max_length));
  tokens.insert(tokens.end(), recent.items.begin(), recent.items.end());
  times.insert(times.end(), recent.times.begin(), recent.times.end());
  times.resize(tokens.size(), 0);
  offsets.push_back(tokens.size());
}

namespace {

// From this many tokens on, computing them once is worth copying the result to each sequence.
constexpr std::size_t worth_sharing = 8;

// The number of tokens, with equal times, that all sequences begin with; less than the length of the shortest.
std::size_t common_beginning(const TokenBatch& batch) {
  const std::size_t sequences = batch.offsets.size() - 1;
  if (sequences < 2) return 0;
  std::size_t alike = batch.tokens.size();
  for (std::size_t b = 0; b < sequences; ++b) {
    const std::size_t length = batch.offsets[b + 1] - batch.offsets[b];
    if (length == 0) return 0;
    const auto from = static_cast<std::ptrdiff_t>(batch.offsets[b]);
    alike = std::min(alike, length - 1);
    const auto end = static_cast<std::ptrdiff_t>(alike);
    const auto tokens = std::mismatch(batch.tokens.begin(), batch.tokens.begin() + end, batch.tokens.begin() + from);
    const auto times = std::mismatch(batch.times.begin(), batch.times.begin() + end, batch.times.begin() + from);
    alike = static_cast<std::size_t>(std::min(tokens.first - batch.tokens.begin(), times.first - batch.times.begin()));
  }
  return alike;
}

// For sequences that share their first `alike` tokens.
void read_from(std::size_t alike, const Reader& reader, engine::MatrixSpan<const float> items, Reading& reading) {
  const TokenBatch& batch = reading.batch;
  const auto read = [&](std::size_t b, engine::Range part, std::vector<engine::Past<float>>& pasts) {
    const std::array<std::size_t, 2> offsets{0, part.end};
    const engine::Ragged whole(offsets, std::span(batch.times).subspan(batch.offsets[b], part.end));
    const auto tokens = std::span(batch.tokens).subspan(batch.offsets[b] + part.begin, part.end - part.begin);
    reader.network.read_on({reader.weights, reading.workspace}, items,
                           {.whole = whole, .tokens = tokens, .pasts = pasts}, reading.cache, reading.hidden);
  };
  std::vector<engine::Past<float>> shared;
  read(0, {0, alike}, shared);
  std::vector<engine::Past<float>> pasts;
  for (std::size_t b = 0; b + 1 < batch.offsets.size(); ++b) {
    pasts = shared;
    read(b, {alike, batch.offsets[b + 1] - batch.offsets[b]}, pasts);
    std::copy(reading.hidden.begin(), reading.hidden.end(), reading.last.data() + b * items.cols);
  }
}

}  // namespace

void read_batch(const Reader& reader, engine::MatrixSpan<const float> items, Reading& reading) {
  const TokenBatch& batch = reading.batch;
  const std::size_t width = items.cols;
  const std::size_t sequences = batch.offsets.size() - 1;
  reading.last.resize({sequences, width});
  if (const std::size_t alike = common_beginning(batch); alike >= worth_sharing) {
    return read_from(alike, reader, items, reading);
  }
  reader.network.forward({reader.weights, reading.workspace}, items, batch.tokens, batch.ragged(), reading.cache,
                         reading.hidden);
  for (std::size_t b = 0; b < sequences; ++b) {
    float* to = reading.last.data() + b * width;
    if (batch.offsets[b + 1] == batch.offsets[b]) {
      std::fill_n(to, width, 0.0F);
    } else {
      std::copy_n(reading.hidden.data() + (batch.offsets[b + 1] - 1) * width, width, to);
    }
  }
}

}  // namespace infodiet::recsys
