// Weights in safetensors files, the format of Hugging Face (github.com/huggingface/safetensors): 8 bytes of header
// length, a JSON header, the numbers. Whatever a file says is checked before anything is allocated for it.
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <span>
#include <string>
#include <vector>

#include "engine/io/named_tensor.hpp"

namespace infodiet::engine {

/// Writes the tensors, as F32 or F64, and metadata to a file that appears complete or not at all. Throws
/// std::system_error if it cannot be written, Error if two tensors have the same name, a shape is not that of its
/// values, or names and metadata take more than SafetensorsFile::longest_header.
template <class T>
void write_safetensors(const std::filesystem::path& path, std::span<const NamedTensor<const T>> tensors,
                       const std::map<std::string, std::string>& metadata = {});

/// An open safetensors file whose header has been checked: every tensor lies within the file, none overlaps another,
/// together they fill it, and each takes the bytes that its shape and type need.
class SafetensorsFile {
 public:
  struct Entry {
    std::string name;
    std::string dtype;  ///< as the file spells it: "F32", "F64", "BF16", ...
    std::vector<std::size_t> shape;
    std::uint64_t begin = 0;  ///< first byte in the file
    std::uint64_t end = 0;
  };
  /// Longest header that is read or written, as in the format's own library. Real ones hold about 100 bytes a tensor.
  static constexpr std::uint64_t longest_header = 100'000'000;

  /// Throws FileError naming the file and what is wrong with it.
  explicit SafetensorsFile(const std::filesystem::path& path);

  /// In the order of their bytes.
  std::span<const Entry> entries() const { return entries_; }
  const std::map<std::string, std::string>& metadata() const { return metadata_; }

  /// Reads the tensors of these names. Throws FileError, before reading any, if one is missing, or its shape differs,
  /// or its type is not T's.
  template <class T>
  void read(std::span<const NamedTensor<T>> into) const;

 private:
  template <class T>
  const Entry& require(const NamedTensor<T>& into) const;

  std::filesystem::path path_;
  std::vector<Entry> entries_;
  std::map<std::string, std::string> metadata_;
};

/// Reads all tensors of a file that must hold these and no others. Throws FileError as SafetensorsFile does.
template <class T>
void read_safetensors(const std::filesystem::path& path, std::span<const NamedTensor<T>> into);

}  // namespace infodiet::engine
