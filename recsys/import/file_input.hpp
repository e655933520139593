// A file on disk as an input; recognises gzip by its first bytes, not its name.
#pragma once

#include <memory>
#include <string>

#include "recsys/import/input.hpp"

namespace infodiet::recsys {

/// How a file is packed.
enum class Compression { none, gzip, zip };

/// Recognised by the first bytes of the file. Throws DataError if it cannot be read.
Compression compression_of(const std::string& name, const std::string& path);

/// A file.
class FileInput : public Input {
 public:
  /// @param keep whatever must live as long as the path is valid
  FileInput(std::string name, std::string path, std::shared_ptr<const void> keep = nullptr);

  const std::string& name() const override { return name_; }
  std::uint64_t size() const override { return size_; }
  std::unique_ptr<ByteSource> open() const override;

 private:
  std::string name_;
  std::string path_;
  std::uint64_t size_;
  std::shared_ptr<const void> keep_;
};

}  // namespace infodiet::recsys
