// All weights of a model as one list, to compare bits.
#pragma once

#include <vector>

#include "recsys/attention/model.hpp"

namespace infodiet::test {

inline std::vector<float> all_numbers(const recsys::AttentionWeights& weights) {
  std::vector<float> numbers(weights.network.flat().begin(), weights.network.flat().end());
  numbers.insert(numbers.end(), weights.items.begin(), weights.items.end());
  return numbers;
}

}  // namespace infodiet::test
