// Tensors for tests: seeded random ones, golden ones, and comparison of two with the worst element named.
#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <span>
#include <stdexcept>
#include <string>
#include <type_traits>
#include <vector>

#include "engine/parameters.hpp"
#include "engine/random.hpp"
#include "engine/tensor.hpp"
#include "tests/support/npy.hpp"

namespace infodiet::test {

/// The accuracy that the engine promises in each type, where the value is well conditioned.
template <class T>
constexpr double precision = sizeof(T) == 4 ? 1e-5 : 1e-12;

using Reals = testing::Types<float, double>;

/// Standard normal draws of stream `index`, times `deviation`; the same numbers, rounded, in float and double.
template <class T>
engine::Matrix<T> random_matrix(std::size_t rows, std::size_t cols, std::uint32_t index, double deviation = 1) {
  engine::RandomStream stream(3, engine::Purpose::test, 1, index);
  engine::Matrix<T> m;
  m.resize({rows, cols});
  for (T& value : m) value = static_cast<T>(deviation * stream.normal());
  return m;
}

/// The next standard normal draws of a stream.
template <class T>
engine::Matrix<T> normal_matrix(std::size_t rows, std::size_t cols, engine::RandomStream& stream) {
  engine::Matrix<T> values;
  values.resize({rows, cols});
  for (T& value : values) value = static_cast<T>(stream.normal());
  return values;
}

/// Every parameter drawn anew, so that biases and gains are tested away from where they start.
template <class T>
engine::Parameters<T> random_parameters(const engine::ParameterLayout& layout, std::uint32_t index,
                                        double deviation = 0.5) {
  engine::Parameters<T> parameters(layout);
  engine::RandomStream stream(4, engine::Purpose::test, 2, index);
  for (T& value : parameters.flat()) value = static_cast<T>(deviation * stream.normal());
  return parameters;
}

inline engine::ParameterHandle handle_of(const engine::ParameterLayout& layout, const std::string& name) {
  for (const engine::ParameterInfo& entry : layout.entries()) {
    if (entry.name == name) return entry.handle;
  }
  throw std::runtime_error("no parameter " + name);
}

/// One parameter by name, written and read.
template <class T>
void set(engine::Parameters<T>& parameters, const engine::ParameterLayout& layout, const std::string& name,
         const engine::Matrix<T>& values) {
  const engine::ParameterHandle handle = handle_of(layout, name);
  ASSERT_EQ(handle.rows * handle.cols, values.size()) << name;
  std::copy(values.begin(), values.end(), parameters.data(handle));
}
template <class T>
std::vector<T> get(const engine::Parameters<T>& parameters, const engine::ParameterLayout& layout,
                   const std::string& name) {
  const engine::ParameterHandle handle = handle_of(layout, name);
  return {parameters.data(handle), parameters.data(handle) + handle.rows * handle.cols};
}

template <class T>
engine::Matrix<T> zeros_like(const engine::Matrix<T>& m) {
  engine::Matrix<T> zeros;
  zeros.resize(m.shape());
  std::fill(zeros.begin(), zeros.end(), T{0});
  return zeros;
}

/// The offsets of sequences with these lengths.
inline std::vector<std::size_t> offsets_of(const std::vector<std::size_t>& lengths) {
  std::vector<std::size_t> offsets{0};
  for (const std::size_t length : lengths) offsets.push_back(offsets.back() + length);
  return offsets;
}

template <class T>
std::span<const T> flat(const engine::Matrix<T>& m) {
  return {m.data(), m.size()};
}
inline std::span<double> flat(engine::Matrix<double>& m) {
  return {m.data(), m.size()};
}

template <class T>
double inner_product(const engine::Matrix<T>& a, const engine::Matrix<T>& b) {
  double sum = 0;
  for (std::size_t i = 0; i < a.size(); ++i) sum += static_cast<double>(a.data()[i]) * static_cast<double>(b.data()[i]);
  return sum;
}

/// A golden array as a matrix: leading axes become rows, or `slice` of the first axis alone if there are three or more.
template <class T>
engine::Matrix<T> golden_matrix(const std::string& which, const std::string& array, std::size_t slice = 0,
                                std::size_t leading_axes = 0) {
  const NpyArray source = golden(which, array);
  std::size_t size = 1;
  for (std::size_t axis = leading_axes; axis < source.shape.size(); ++axis) size *= source.shape[axis];
  const std::size_t cols = source.shape.empty() ? 1 : source.shape.back();
  engine::Matrix<T> m;
  m.resize({size / cols, cols});
  std::transform(source.values.begin() + static_cast<std::ptrdiff_t>(slice * size),
                 source.values.begin() + static_cast<std::ptrdiff_t>((slice + 1) * size), m.begin(),
                 [](double value) { return static_cast<T>(value); });
  return m;
}

/// |actual - expected| must not exceed `tolerance` times the larger of |expected| and the root mean square of the whole
/// array; numbers too small for the actual type to hold in full count as 0.
template <class A, class E>
testing::AssertionResult close(const A& actual, const E& expected, double tolerance) {
  if (actual.size() != expected.size()) {
    return testing::AssertionFailure() << actual.size() << " values, but " << expected.size() << " expected";
  }
  const double smallest =
      static_cast<double>(std::numeric_limits<std::decay_t<decltype(*actual.data())>>::min()) / tolerance;
  double squares = 0;
  for (const auto& value : expected) squares += static_cast<double>(value) * static_cast<double>(value);
  const double typical = std::sqrt(squares / static_cast<double>(std::max<std::size_t>(1, expected.size())));
  double worst = 0;
  std::size_t at = 0;
  for (std::size_t i = 0; i < actual.size(); ++i) {
    const double e = static_cast<double>(expected.data()[i]);
    const double error =
        std::abs(static_cast<double>(actual.data()[i]) - e) / std::max({std::abs(e), typical, smallest});
    if (!(error <= worst)) {
      worst = error;
      at = i;
      if (std::isnan(worst)) break;
    }
  }
  if (worst <= tolerance) return testing::AssertionSuccess();
  return testing::AssertionFailure() << "element " << at << " is " << actual.data()[at] << " instead of "
                                     << expected.data()[at] << ", relative error " << worst << " over " << tolerance;
}

}  // namespace infodiet::test
