// Arrays of plain numbers as one message, for what is sent now and then; the arrays of every step go as they lie.
#pragma once

#include <cstddef>
#include <cstring>
#include <span>
#include <string>
#include <vector>

#include "engine/distributed/collectives.hpp"

namespace infodiet::engine {

/// A message that is written array by array and read in the same order, by programs of the same version.
class Packed {
 public:
  template <Plain T>
  void add(std::span<const T> values) {
    const std::uint64_t size = values.size();
    append(&size, sizeof(size));
    append(values.data(), values.size_bytes());
  }
  template <class Values>
  void add_all(const Values& values) {
    add(std::span<const typename Values::value_type>(values));
  }
  void add_texts(std::span<const std::string> texts);
  template <Plain T>
  void add_value(const T& value) {
    append(&value, sizeof(value));
  }

  template <class Values>
  Values take_all() {
    Values values;
    values.resize(take_value<std::uint64_t>());
    read(values.data(), values.size() * sizeof(typename Values::value_type));
    return values;
  }
  template <Plain T>
  T take_value() {
    T value{};
    read(&value, sizeof(value));
    return value;
  }

  std::vector<std::string> take_texts();

  /// To one other process, to all others, and from one.
  void send(Communicator& processes, Traffic kind, std::size_t to) const;
  void send_to_others(Communicator& processes, Traffic kind) const;
  static Packed receive(Communicator& processes, Traffic kind, std::size_t from);

 private:
  void append(const void* data, std::size_t size);
  void read(void* data, std::size_t size);

  std::vector<std::byte> bytes_;
  std::size_t read_ = 0;
};

}  // namespace infodiet::engine
