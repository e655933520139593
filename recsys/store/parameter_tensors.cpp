#include "recsys/store/parameter_tensors.hpp"

#include <fmt/format.h>

#include "recsys/errors.hpp"

namespace infodiet::recsys {

namespace {

std::size_t parameter_size(const engine::ParameterInfo& entry) {
  return entry.handle.rows * entry.handle.cols;
}

void require_elements(const ModelReader& reader, const std::string& name, std::size_t size) {
  const TensorInfo& info = reader.info(name);
  if (info.elements != size) {
    throw DamagedError(
        fmt::format("model '{}', tensor '{}': it has {} elements where its configuration says {}: train again",
                    reader.record().name, name, info.elements, size));
  }
}

}  // namespace

void add_parameters(std::vector<TensorToStore>& tensors, const std::string& prefix,
                    const engine::ParameterLayout& layout, const engine::Parameters<float>& parameters) {
  for (const engine::ParameterInfo& entry : layout.entries()) {
    tensors.push_back(tensor_to_store<float>(prefix + entry.name, entry.shape,
                                             {parameters.data(entry.handle), parameter_size(entry)}));
  }
}

engine::Parameters<float> read_parameters(const ModelReader& reader, const std::string& prefix,
                                          const engine::ParameterLayout& layout) {
  for (const engine::ParameterInfo& entry : layout.entries()) {
    require_elements(reader, prefix + entry.name, parameter_size(entry));
  }
  engine::Parameters<float> parameters(layout);
  for (const engine::ParameterInfo& entry : layout.entries()) {
    reader.read(prefix + entry.name, std::span<float>(parameters.data(entry.handle), parameter_size(entry)));
  }
  return parameters;
}

void add_moments(std::vector<TensorToStore>& tensors, const std::string& prefix,
                 const engine::AdamW<float>::State& state) {
  tensors.push_back(tensor_to_store<float>(prefix + ".first", {state.first.size()}, state.first));
  tensors.push_back(tensor_to_store<float>(prefix + ".second", {state.second.size()}, state.second));
}

engine::AdamW<float>::State read_moments(const ModelReader& reader, const std::string& prefix, std::size_t size,
                                         std::uint64_t steps) {
  require_elements(reader, prefix + ".first", size);
  require_elements(reader, prefix + ".second", size);
  engine::AdamW<float>::State state;
  state.first.resize(size);
  state.second.resize(size);
  state.steps = steps;
  reader.read(prefix + ".first", std::span<float>(state.first));
  reader.read(prefix + ".second", std::span<float>(state.second));
  return state;
}

}  // namespace infodiet::recsys
