// Learned parameters: named tensors in one contiguous block, so that clearing, reducing over shards, clipping, updating
// and checksumming are flat loops. Gradients and optimiser moments use the same type. File formats are in engine/io.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "engine/matrix_span.hpp"
#include "engine/tensor.hpp"

namespace infodiet::engine {

/// Initial values of a parameter: a constant, or normal draws with mean 0 and a standard deviation.
struct Initialiser {
  double constant = 0;
  double deviation = 0;

  static Initialiser zeros() { return {}; }
  static Initialiser ones() { return {.constant = 1}; }
  static Initialiser normal(double deviation) { return {.deviation = deviation}; }
  /// Normal with the variance of Glorot & Bengio (2010), 2 / (in + out).
  static Initialiser glorot(std::size_t in, std::size_t out);
};

/// Position of one parameter in the block; a vector of n counts as (1, n).
struct ParameterHandle {
  std::size_t offset = 0;
  std::size_t rows = 0;
  std::size_t cols = 0;
};

/// One entry of a layout.
struct ParameterInfo {
  std::string name;  ///< stable and unique, e.g. "block.0.attention.qkv.weight"
  std::vector<std::size_t> shape;
  Initialiser initialiser;
  ParameterHandle handle;
};

/// The names and shapes of a block of parameters. Each layer adds its own when it is constructed.
class ParameterLayout {
 public:
  /// Throws Error if the name is taken.
  ParameterHandle add_vector(const std::string& name, std::size_t size, Initialiser initialiser);
  /// Likewise.
  ParameterHandle add_matrix(const std::string& name, std::size_t rows, std::size_t cols, Initialiser initialiser);

  /// A number for one dropout layer, so that no two layers share draws.
  std::uint32_t add_dropout_site() { return dropout_sites_++; }

  std::span<const ParameterInfo> entries() const { return entries_; }
  std::size_t size() const { return size_; }

 private:
  ParameterHandle add(const std::string& name, std::vector<std::size_t> shape, Initialiser initialiser);

  std::vector<ParameterInfo> entries_;
  std::size_t size_ = 0;
  std::uint32_t dropout_sites_ = 0;
};

/// One block of numbers laid out by a ParameterLayout; starts at zero.
template <class T>
class Parameters {
 public:
  Parameters() = default;
  explicit Parameters(const ParameterLayout& layout) : values_(layout.size(), T{0}) {}

  T* data(const ParameterHandle& handle) { return values_.data() + handle.offset; }
  const T* data(const ParameterHandle& handle) const { return values_.data() + handle.offset; }
  MatrixSpan<T> matrix(const ParameterHandle& handle) { return {data(handle), handle.rows, handle.cols}; }
  MatrixSpan<const T> matrix(const ParameterHandle& handle) const { return {data(handle), handle.rows, handle.cols}; }
  std::span<T> flat() { return values_; }
  std::span<const T> flat() const { return values_; }
  void clear() { std::fill(values_.begin(), values_.end(), T{0}); }

 private:
  Buffer<T> values_;
};

/// Starting values: parameter number n of the layout draws from the stream (seed, initialise, 0, n).
template <class T>
Parameters<T> initialise(const ParameterLayout& layout, std::uint64_t seed);

}  // namespace infodiet::engine
