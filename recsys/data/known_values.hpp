// Numbers that some items have and others lack: a column of them, which takes no memory where nothing has one.
#pragma once

#include <cstddef>
#include <limits>
#include <optional>
#include <vector>

namespace infodiet::recsys {

class KnownValues {
 public:
  /// That of the next item. No value is NaN.
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
  std::vector<double> values_;  // NaN where there is none; empty where there is none at all
};

}  // namespace infodiet::recsys
