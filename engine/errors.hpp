// Exceptions that every part of infodiet shares. Not a place for errors of one layer only (see recsys/errors.hpp).
#pragma once

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

/// A file of weights that cannot be read or written, or is not what it says: "<path>: <what is wrong>".
class FileError : public Error {
 public:
  using Error::Error;
};

}  // namespace infodiet
