#include "engine/parameters.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "engine/errors.hpp"
#include "engine/random.hpp"

namespace infodiet::engine {

Initialiser Initialiser::glorot(std::size_t in, std::size_t out) {
  return normal(std::sqrt(2.0 / static_cast<double>(in + out)));
}

ParameterHandle ParameterLayout::add_vector(const std::string& name, std::size_t size, Initialiser initialiser) {
  return add(name, {size}, initialiser);
}

ParameterHandle ParameterLayout::add_matrix(const std::string& name, std::size_t rows, std::size_t cols,
                                            Initialiser initialiser) {
  return add(name, {rows, cols}, initialiser);
}

ParameterHandle ParameterLayout::add(const std::string& name, std::vector<std::size_t> shape, Initialiser initialiser) {
  if (std::any_of(entries_.begin(), entries_.end(), [&](const ParameterInfo& entry) { return entry.name == name; })) {
    throw Error(fmt::format("parameter '{}' is added twice: give each layer a name of its own", name));
  }
  const ParameterHandle handle{size_, shape.size() == 2 ? shape[0] : 1, shape.back()};
  entries_.push_back({name, std::move(shape), initialiser, handle});
  size_ += handle.rows * handle.cols;
  return handle;
}

template <class T>
Parameters<T> initialise(const ParameterLayout& layout, std::uint64_t seed) {
  Parameters<T> parameters(layout);
  std::uint32_t number = 0;
  for (const ParameterInfo& entry : layout.entries()) {
    RandomStream stream(seed, Purpose::initialise, 0, number++);
    T* values = parameters.data(entry.handle);
    for (std::size_t i = 0; i < entry.handle.rows * entry.handle.cols; ++i) {
      const double noise = entry.initialiser.deviation > 0 ? entry.initialiser.deviation * stream.normal() : 0.0;
      values[i] = static_cast<T>(entry.initialiser.constant + noise);
    }
  }
  return parameters;
}

template Parameters<float> initialise(const ParameterLayout&, std::uint64_t);
template Parameters<double> initialise(const ParameterLayout&, std::uint64_t);

}  // namespace infodiet::engine
