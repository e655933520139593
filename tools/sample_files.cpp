#include "tools/sample_files.hpp"

#include <csv.h>
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <cerrno>
#include <cstdio>
#include <filesystem>
#include <memory>
#include <system_error>

namespace infodiet::tools {
namespace {

// A text file that is complete once `close` returns.
class CsvFile {
 public:
  explicit CsvFile(std::filesystem::path path) : path_(std::move(path)), file_(std::fopen(path_.c_str(), "wb")) {
    if (file_ == nullptr) fail();
  }

  CsvFile& text(const std::string& value) {
    separate();
    if (csv_fwrite(file_.get(), value.data(), value.size()) != 0) fail();
    return *this;
  }
  template <class Number>
  CsvFile& number(Number value) {
    separate();
    put(fmt::format("{}", value));
    return *this;
  }
  void header(std::string_view names) {
    put(names);
    end_row();
  }
  void end_row() {
    put("\n");
    first_ = true;
  }
  void close() {
    if (std::fclose(file_.release()) != 0) fail();
  }

 private:
  struct Close {
    void operator()(std::FILE* file) const { std::fclose(file); }
  };

  void separate() {
    if (!first_) put(",");
    first_ = false;
  }
  void put(std::string_view bytes) {
    if (std::fwrite(bytes.data(), 1, bytes.size(), file_.get()) != bytes.size()) fail();
  }
  [[noreturn]] void fail() const {
    throw std::system_error(errno, std::generic_category(), fmt::format("cannot write {}", path_.string()));
  }

  std::filesystem::path path_;
  std::unique_ptr<std::FILE, Close> file_;
  bool first_ = true;
};

}  // namespace

void write_sample_files(const rl::SampleWorld& world, const std::string& folder) {
  std::error_code error;
  std::filesystem::create_directories(folder, error);
  if (error) throw std::system_error(error, fmt::format("cannot make the folder {}", folder));

  CsvFile interactions(std::filesystem::path(folder) / "interactions.csv");
  interactions.header("user,item,time");
  for (const rl::SampleReading& reading : world.readings) {
    interactions.text(world.readers[reading.reader]).text(world.articles[reading.article].key).number(reading.time);
    interactions.end_row();
  }
  interactions.close();

  CsvFile items(std::filesystem::path(folder) / "items.csv");
  items.header("item,title,topics,quality,clickbait,minutes");
  for (const rl::SampleArticle& article : world.articles) {
    items.text(article.key).text(article.title).text(fmt::format("{}", fmt::join(article.topics, "|")));
    items.number(article.quality).number(article.clickbait).number(article.minutes);
    items.end_row();
  }
  items.close();
}

}  // namespace infodiet::tools
