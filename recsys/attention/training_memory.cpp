#include "recsys/attention/training_memory.hpp"

#include <fmt/format.h>
#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>

#include "engine/errors.hpp"
#include "recsys/attention/examples.hpp"

namespace infodiet::recsys {

namespace {

double usable_memory() {
  const double installed = static_cast<double>(sysconf(_SC_PHYS_PAGES)) * static_cast<double>(sysconf(_SC_PAGE_SIZE));
  rlimit limit{};
  if (getrlimit(RLIMIT_AS, &limit) != 0 || limit.rlim_cur == RLIM_INFINITY) return installed;
  return std::min(installed, static_cast<double>(limit.rlim_cur));
}

}  // namespace

double training_memory(const Dataset& data, const AttentionConfig& config, const TrainingConfig& training,
                       const TrainingJob& job) {
  const auto width = static_cast<double>(config.width);
  const auto hidden = static_cast<double>(config.ffn_width);
  const auto blocks = static_cast<double>(config.blocks);
  // Weights, gradient, two moments and the best so far; shards have gradients of their own.
  constexpr double copies = 5;
  constexpr double shards = 32;
  const auto others = static_cast<double>(job.trained);
  const double tables = copies / static_cast<double>(job.processes) + others;
  const double items = tables * static_cast<double>(data.catalogue_size()) * width;
  const double parameters =
      blocks * (4 * width * width + 2 * width * hidden) + static_cast<double>(config.max_length) * width;
  const double tokens = std::min(static_cast<double>(data.items.size()),
                                 static_cast<double>(training.batch) * static_cast<double>(config.max_length));
  // For a token in a block: inputs, norms, queries, keys, values, context and sums; before and after the activation.
  const auto rounds = static_cast<double>(ShardPlan::of(training).rounds(static_cast<std::size_t>(tokens)));
  const double kept = tokens / rounds * blocks * (9 * width + 2 * hidden) + tokens * 4 * width;
  return static_cast<double>(sizeof(float)) * (items + (copies + shards + others) * parameters + kept);
}

void require_training_memory(const Dataset& data, const AttentionConfig& config, const TrainingConfig& training,
                             const TrainingJob& job) {
  const double wanted = training_memory(data, config, training, job);
  const double usable = usable_memory();
  if (wanted <= usable) return;
  constexpr double gib = 1024.0 * 1024 * 1024;
  throw Error(fmt::format(
      "training with these settings needs about {:.1f} GiB of memory, and {:.1f} GiB are available: choose a "
      "smaller width, ffn_width, blocks, max_length or batch",
      wanted / gib, usable / gib));
}

}  // namespace infodiet::recsys
