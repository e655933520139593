// Arrays in .npy files, numpy's own format (numpy.lib.format), versions 1 to 3, of float32 and float64.
#pragma once

#include <filesystem>
#include <span>
#include <vector>

#include "engine/io/named_tensor.hpp"
#include "engine/tensor.hpp"

namespace infodiet::engine {

/// A row-major array read from a file; a scalar has an empty shape.
template <class T>
struct NpyArray {
  std::vector<std::size_t> shape;
  Buffer<T> values;
};

/// Writes a file that appears complete or not at all. Throws std::system_error if it cannot be written, Error if the
/// shape is not that of the values.
template <class T>
void write_npy(const std::filesystem::path& path, std::span<const std::size_t> shape, std::span<const T> values);

/// Reads an array of T, little-endian, stored by rows or by columns. Throws FileError naming the file and what is wrong
/// with it, before allocating anything if its size is not what its header says.
template <class T>
NpyArray<T> read_npy(const std::filesystem::path& path);

/// The same, also of the other of float32 and float64, rounded to T; what T cannot hold becomes infinite.
template <class T>
NpyArray<T> read_npy_converted(const std::filesystem::path& path);

/// One file "<directory>/<name>.npy" for each tensor; makes the directory if it is missing. Throws as write_npy,
/// FileError if the directory cannot be made, and Error if a name cannot be a file's.
template <class T>
void write_npy_directory(const std::filesystem::path& directory, std::span<const NamedTensor<const T>> tensors);

/// Reads what write_npy_directory wrote, or numpy under the same names. Throws FileError if a file is missing or its
/// shape or type differs, having read the tensors before it. Ignores other files.
template <class T>
void read_npy_directory(const std::filesystem::path& directory, std::span<const NamedTensor<T>> into);

}  // namespace infodiet::engine
