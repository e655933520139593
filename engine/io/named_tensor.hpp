// Tensors by name, as files of weights hold them.
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <vector>

#include "engine/parameters.hpp"

namespace infodiet::engine {

/// A row-major tensor in memory owned elsewhere.
template <class T>
struct NamedTensor {
  std::string name;
  std::vector<std::size_t> shape;
  std::span<T> values;
};

/// Every parameter of the layout by its name, in the layout's order, for writing or for reading into.
template <class T>
std::vector<NamedTensor<const T>> named_tensors(const ParameterLayout& layout, const Parameters<T>& parameters) {
  std::vector<NamedTensor<const T>> tensors;
  for (const ParameterInfo& entry : layout.entries()) {
    tensors.push_back(
        {entry.name, entry.shape, {parameters.data(entry.handle), entry.handle.rows * entry.handle.cols}});
  }
  return tensors;
}
template <class T>
std::vector<NamedTensor<T>> named_tensors(const ParameterLayout& layout, Parameters<T>& parameters) {
  std::vector<NamedTensor<T>> tensors;
  for (const ParameterInfo& entry : layout.entries()) {
    tensors.push_back(
        {entry.name, entry.shape, {parameters.data(entry.handle), entry.handle.rows * entry.handle.cols}});
  }
  return tensors;
}

}  // namespace infodiet::engine
