// The members of a zip archive as inputs.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "recsys/import/input.hpp"

struct zip;

namespace infodiet::recsys {

/// A file in an archive.
struct ZipMember {
  std::string name;
  std::uint64_t index = 0;
  std::uint64_t size = 0;    ///< decompressed, as the archive says
  std::uint64_t packed = 0;  ///< in the archive
};

/// An open archive. Used by one thread at a time.
class ZipArchive {
 public:
  /// Throws DataError if it is damaged.
  ZipArchive(std::string name, const std::string& path);
  ~ZipArchive();
  ZipArchive(const ZipArchive&) = delete;
  ZipArchive& operator=(const ZipArchive&) = delete;

  const std::string& name() const { return name_; }
  /// Bytes of the archive itself.
  std::uint64_t size() const { return size_; }
  /// All members except folders, by name.
  std::vector<ZipMember> members() const;
  zip* handle() const { return handle_; }

 private:
  std::string name_;
  std::uint64_t size_ = 0;
  zip* handle_;
};

/// One member as an input.
class ZipInput : public Input {
 public:
  ZipInput(std::shared_ptr<const ZipArchive> archive, std::string name, ZipMember member);

  const std::string& name() const override { return name_; }
  std::uint64_t size() const override { return member_.size; }
  std::unique_ptr<ByteSource> open() const override;

 private:
  std::shared_ptr<const ZipArchive> archive_;
  std::string name_;
  ZipMember member_;
};

}  // namespace infodiet::recsys
