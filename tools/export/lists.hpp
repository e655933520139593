// Everybody's recommendations as a file, ranked, by imported ids.
#pragma once

#include <cstddef>
#include <filesystem>

#include "engine/parallel.hpp"
#include "recsys/csv_file.hpp"
#include "rl/answers/recommend.hpp"
#include "tools/terminal/console.hpp"

namespace infodiet::tools {

/// Formats of the file.
enum class ListFormat {
  csv,    ///< a row for each pick: user,rank,item,score,model
  jsonl,  ///< a JSON object for each user: user, model, items[]: rank, item, score
};

/// Which lists to write, and where.
struct ListOptions {
  std::filesystem::path path;
  std::size_t k = 10;
  recsys::CellText text = recsys::CellText::inert;  ///< in CSV
  rl::Filter filter{};
};

/// The format, by the ending of the path, ".csv" or ".jsonl". Throws UsageError for any other.
ListFormat list_format(const std::filesystem::path& path);

/// Writes the list of `recommend` for every user, in the order of users: by the published model or, for users without a
/// history, the most popular items, labelled "popularity". Returns the number of picks. Throws Error if no model is
/// published, std::system_error if the file cannot be written.
std::size_t export_lists(const ListOptions& options, const rl::View& view, engine::ThreadPool& pool,
                         const Console& console);

}  // namespace infodiet::tools
