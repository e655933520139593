// The engine's parameters and optimiser moments as stored tensors, one per parameter, by name.
#pragma once

#include <string>
#include <vector>

#include "engine/optim/adamw.hpp"
#include "engine/parameters.hpp"
#include "recsys/store/model_store.hpp"

namespace infodiet::recsys {

/// Appends each parameter of `layout` as the tensor prefix + its name. Refers to the memory of `parameters`.
void add_parameters(std::vector<TensorToStore>& tensors, const std::string& prefix,
                    const engine::ParameterLayout& layout, const engine::Parameters<float>& parameters);

/// Reads them back. Throws DamagedError if one is missing or has another size than the layout says, before it allocates
/// memory.
engine::Parameters<float> read_parameters(const ModelReader& reader, const std::string& prefix,
                                          const engine::ParameterLayout& layout);

/// Appends the moments as the tensors prefix + ".first" and ".second". Refers to their memory.
void add_moments(std::vector<TensorToStore>& tensors, const std::string& prefix,
                 const engine::AdamW<float>::State& state);

/// Reads back moments of `size` numbers each, after `steps` steps. Throws DamagedError likewise.
engine::AdamW<float>::State read_moments(const ModelReader& reader, const std::string& prefix, std::size_t size,
                                         std::uint64_t steps);

}  // namespace infodiet::recsys
