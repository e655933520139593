#include "tools/commands/sample_files.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <filesystem>
#include <system_error>

#include "recsys/csv_file.hpp"

namespace infodiet::tools {

void write_sample_files(const rl::SampleWorld& world, const std::string& folder) {
  std::error_code error;
  std::filesystem::create_directories(folder, error);
  if (error) throw std::system_error(error, fmt::format("cannot make the folder {}", folder));

  recsys::CsvFile interactions(std::filesystem::path(folder) / "interactions.csv", "user,item,time");
  for (const rl::SampleReading& reading : world.readings) {
    interactions.text(world.readers[reading.reader]).text(world.articles[reading.article].key).number(reading.time);
    interactions.end_row();
  }

  recsys::CsvFile items(std::filesystem::path(folder) / "items.csv", "item,title,topics,quality,clickbait,minutes");
  for (const rl::SampleArticle& article : world.articles) {
    items.text(article.key).text(article.title).text(fmt::format("{}", fmt::join(article.topics, "|")));
    items.number(article.quality).number(article.clickbait).number(article.minutes);
    items.end_row();
  }
  interactions.commit();
  items.commit();
}

}  // namespace infodiet::tools
