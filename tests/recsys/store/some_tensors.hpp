// Tensors for tests of what is stored about models, whatever they hold.
#pragma once

#include <vector>

#include "recsys/store/model_store.hpp"

namespace infodiet::test {

inline const std::vector<float> some_numbers = {1, 2};
inline const std::vector<recsys::TensorToStore> some_tensors = {recsys::tensor_to_store<float>("t", {2}, some_numbers)};

}  // namespace infodiet::test
