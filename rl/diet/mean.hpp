// The mean of known values.
#pragma once

#include <cstddef>
#include <optional>

namespace infodiet::rl {

/// Adds up optional values.
class Mean {
 public:
  void add(std::optional<double> value) {
    if (!value) return;
    sum_ += *value;
    ++count_;
  }
  /// Null if no value was known.
  std::optional<double> value() const {
    if (count_ == 0) return std::nullopt;
    return sum_ / static_cast<double>(count_);
  }

 private:
  double sum_ = 0;
  std::size_t count_ = 0;
};

}  // namespace infodiet::rl
