// The training loop of the gallery, and the measurement of its result.
#pragma once

#include <cstdint>

#include "engine/parallel.hpp"
#include "engine/parameters.hpp"
#include "tools/gallery/parts/task.hpp"

namespace infodiet::gallery {

/// Whether the network computes scores.
enum class Attending {
  learned,
  uniform,  ///< every score stays 0, so all tokens have equal weight: the same network without attention
};

/// Weights after training from scratch: AdamW with warm-up and a cosine schedule. The same bits for the same seed and
/// any number of threads.
engine::Parameters<float> train(const Task& task, Attending attending, std::uint64_t seed, engine::ThreadPool& pool);

/// The share of test examples answered correctly.
double accuracy(const Task& task, const engine::Parameters<float>& parameters, std::uint64_t seed,
                engine::ThreadPool& pool);

/// The stream that examples come from: training takes steps from 1 on, tests and pictures the others.
inline constexpr std::uint32_t test_step = 0;
inline constexpr std::uint32_t picture_step = 0xffffffff;
engine::RandomStream examples_of(std::uint64_t seed, std::uint32_t step, std::size_t shard);

}  // namespace infodiet::gallery
