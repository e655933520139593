// `infodiet evaluate --noise`: what models keep of their accuracy if part of every history is random.
#pragma once

#include <memory>
#include <span>
#include <vector>

#include "recsys/evaluation/examination.hpp"
#include "recsys/ranking/recommender.hpp"
#include "tools/cli/command.hpp"

namespace infodiet::tools {

/// Prints every model's NDCG@10 with each of `shares` of the histories replaced at random, and without.
void evaluate_noise(std::span<const std::shared_ptr<const recsys::Recommender>> models,
                    const recsys::Examination& examination, std::span<const double> shares, const Context& context);

}  // namespace infodiet::tools
