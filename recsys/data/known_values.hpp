// A column of optional numbers, one per item, which takes no memory if no item has one.
#pragma once

#include <cstddef>
#include <limits>
#include <optional>
#include <vector>

namespace infodiet::recsys {

/// The column.
class KnownValues {
 public:
  /// Appends the next item's; a value is never NaN.
  void add(std::optional<double> value) {
    constexpr double none = std::numeric_limits<double>::quiet_NaN();
    if (value && values_.empty()) values_.assign(size_, none);
    ++size_;
    if (!values_.empty() || value) values_.push_back(value.value_or(none));
  }
  std::optional<double> operator[](std::size_t item) const {
    if (values_.empty() || values_[item] != values_[item]) return std::nullopt;
    return values_[item];
  }

 private:
  std::size_t size_ = 0;
  std::vector<double> values_;  // NaN: no value; empty: no item has one
};

}  // namespace infodiet::recsys
