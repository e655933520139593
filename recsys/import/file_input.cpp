#include "recsys/import/file_input.hpp"

#include <fmt/format.h>

#include <boost/iostreams/filter/gzip.hpp>
#include <boost/iostreams/filtering_streambuf.hpp>
#include <cerrno>
#include <filesystem>
#include <fstream>
#include <string_view>
#include <system_error>
#include <utility>

#include "recsys/errors.hpp"
#include "recsys/import/expansion.hpp"

namespace infodiet::recsys {
namespace {

[[noreturn]] void throw_unreadable(const std::string& name) {
  throw DataError(fmt::format("{}: cannot be read: {}", name, std::generic_category().message(errno)));
}

class PlainSource : public ByteSource {
 public:
  PlainSource(std::string name, const std::string& path) : name_(std::move(name)) {
    if (file_.open(path, std::ios::in | std::ios::binary) == nullptr) throw_unreadable(name_);
  }
  std::size_t read(std::span<char> buffer) override {
    const std::streamsize count = file_.sgetn(buffer.data(), static_cast<std::streamsize>(buffer.size()));
    if (count < 0) throw_unreadable(name_);
    position_ += static_cast<std::uint64_t>(count);
    return static_cast<std::size_t>(count);
  }
  std::uint64_t position() const override { return position_; }

 private:
  std::string name_;
  std::filebuf file_;
  std::uint64_t position_ = 0;
};

class GzipSource : public ByteSource {
 public:
  GzipSource(std::string name, const std::string& path)
      : name_(std::move(name)), compressed_(name_, path), expansion_(name_) {
    decompressed_.push(boost::iostreams::gzip_decompressor());
    decompressed_.push(Compressed{&compressed_}, block_bytes);
  }
  std::size_t read(std::span<char> buffer) override {
    try {
      const std::streamsize count = decompressed_.sgetn(buffer.data(), static_cast<std::streamsize>(buffer.size()));
      const auto size = static_cast<std::size_t>(std::max<std::streamsize>(count, 0));
      expansion_.add(size, compressed_.position());
      return size;
    } catch (const boost::iostreams::gzip_error& error) {
      throw DataError(
          fmt::format("{}: the gzip file is damaged or cut short ({}); fetch it again", name_, error.what()));
    }
  }
  std::uint64_t position() const override { return compressed_.position(); }

 private:
  static constexpr std::streamsize block_bytes = 1 << 16;

  struct Compressed {
    using char_type = char;
    using category = boost::iostreams::source_tag;
    PlainSource* source;
    std::streamsize read(char* data, std::streamsize count) {
      const std::size_t got = source->read({data, static_cast<std::size_t>(count)});
      return got == 0 ? -1 : static_cast<std::streamsize>(got);
    }
  };

  std::string name_;
  PlainSource compressed_;
  Expansion expansion_;
  boost::iostreams::filtering_streambuf<boost::iostreams::input> decompressed_;
};

}  // namespace

Compression compression_of(const std::string& name, const std::string& path) {
  std::string start(4, '\0');
  start.resize(PlainSource(name, path).read(start));
  if (start.starts_with("\x1f\x8b")) return Compression::gzip;
  // The second signature is that of an archive without members.
  if (start == std::string_view("PK\x03\x04", 4) || start == std::string_view("PK\x05\x06", 4)) return Compression::zip;
  return Compression::none;
}

FileInput::FileInput(std::string name, std::string path, std::shared_ptr<const void> keep)
    : name_(std::move(name)),
      path_(std::move(path)),
      size_(std::filesystem::file_size(path_)),
      keep_(std::move(keep)) {}

std::unique_ptr<ByteSource> FileInput::open() const {
  if (compression_of(name_, path_) == Compression::gzip) return std::make_unique<GzipSource>(name_, path_);
  return std::make_unique<PlainSource>(name_, path_);
}

}  // namespace infodiet::recsys
