#include "recsys/import/zip_input.hpp"

#include <fmt/format.h>
#include <zip.h>

#include <algorithm>
#include <filesystem>
#include <utility>

#include "recsys/errors.hpp"
#include "recsys/import/expansion.hpp"

namespace infodiet::recsys {
namespace {

[[noreturn]] void throw_damaged(const std::string& name, const std::string& problem) {
  throw DataError(fmt::format("{}: the zip archive cannot be read ({}); fetch it again", name, problem));
}

class ZipSource : public ByteSource {
 public:
  ZipSource(std::string name, zip_file_t* file, std::uint64_t packed)
      : name_(std::move(name)), file_(file), packed_(packed), expansion_(name_) {}
  std::size_t read(std::span<char> buffer) override {
    const zip_int64_t count = zip_fread(file_.get(), buffer.data(), buffer.size());
    if (count < 0) throw_damaged(name_, zip_file_strerror(file_.get()));
    position_ += static_cast<std::uint64_t>(count);
    expansion_.add(static_cast<std::uint64_t>(count), packed_);
    return static_cast<std::size_t>(count);
  }
  std::uint64_t position() const override { return position_; }

 private:
  struct Close {
    void operator()(zip_file_t* file) const { zip_fclose(file); }
  };
  std::string name_;
  std::unique_ptr<zip_file_t, Close> file_;
  std::uint64_t packed_;
  std::uint64_t position_ = 0;
  Expansion expansion_;
};

}  // namespace

ZipArchive::ZipArchive(std::string name, const std::string& path) : name_(std::move(name)) {
  int code = 0;
  handle_ = zip_open(path.c_str(), ZIP_RDONLY, &code);
  if (handle_ != nullptr) {
    size_ = std::filesystem::file_size(path);
    return;
  }
  zip_error_t error;
  zip_error_init_with_code(&error, code);
  const std::string problem = zip_error_strerror(&error);
  zip_error_fini(&error);
  throw_damaged(name_, problem);
}

ZipArchive::~ZipArchive() {
  zip_discard(handle_);
}

std::vector<ZipMember> ZipArchive::members() const {
  std::vector<ZipMember> members;
  const zip_int64_t count = zip_get_num_entries(handle_, 0);
  for (zip_int64_t index = 0; index < count; ++index) {
    zip_stat_t status;
    if (zip_stat_index(handle_, static_cast<zip_uint64_t>(index), 0, &status) != 0) {
      throw_damaged(name_, zip_strerror(handle_));
    }
    const std::string name = status.name;
    if (!name.ends_with('/'))
      members.push_back({name, static_cast<std::uint64_t>(index), status.size, status.comp_size});
  }
  std::sort(members.begin(), members.end(), [](const ZipMember& a, const ZipMember& b) { return a.name < b.name; });
  return members;
}

ZipInput::ZipInput(std::shared_ptr<const ZipArchive> archive, std::string name, ZipMember member)
    : archive_(std::move(archive)), name_(std::move(name)), member_(std::move(member)) {}

std::unique_ptr<ByteSource> ZipInput::open() const {
  zip_file_t* file = zip_fopen_index(archive_->handle(), member_.index, 0);
  if (file == nullptr) throw_damaged(name_, zip_strerror(archive_->handle()));
  return std::make_unique<ZipSource>(name_, file, member_.packed);
}

}  // namespace infodiet::recsys
