// Exceptions shared by all parts of infodiet. Errors of one layer are elsewhere (see recsys/errors.hpp).
#pragma once

#include <cstddef>
#include <cstdio>
#include <new>
#include <stdexcept>
#include <string>

namespace infodiet {

/// Base of every exception thrown on purpose; `what()` is a sentence a user can act on.
class Error : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// Tensors that do not fit together. The message names the function, both shapes and the likely cause.
class ShapeError : public Error {
 public:
  using Error::Error;
};

/// Memory could not be allocated. Building the message allocates nothing.
class MemoryError : public std::bad_alloc {
 public:
  MemoryError(std::size_t bytes, const char* purpose) noexcept {
    std::snprintf(text_, sizeof text_, "no memory for %s: %zu MiB wanted", purpose, (bytes >> 20) + 1);
  }
  const char* what() const noexcept override { return text_; }

 private:
  char text_[160];
};

/// A file of weights that cannot be read or written, or is not what it says: "<path>: <what is wrong>".
class FileError : public Error {
 public:
  using Error::Error;
};

}  // namespace infodiet
