// MovieLens as GroupLens publishes it. ml-100k: u.data (tabs) and u.item (pipes, a flag for each genre); ml-1m and
// ml-10m: .dat files with "::" between fields; ml-latest, ml-20m and later: CSV with a header.
#include "recsys/import/records.hpp"
#include "recsys/import/table_reader.hpp"

namespace infodiet::recsys {
namespace {

// In the order of u.item's flags, after the first, which says that the genres are unknown.
const std::vector<std::string> genres = {"Action",      "Adventure", "Animation", "Children's", "Comedy", "Crime",
                                         "Documentary", "Drama",     "Fantasy",   "Film-Noir",  "Horror", "Musical",
                                         "Mystery",     "Romance",   "Sci-Fi",    "Thriller",   "War",    "Western"};
constexpr std::size_t item_fields = 24;
constexpr std::size_t first_genre_flag = 6;

constexpr std::size_t shortest_time = 9;  // digits; MovieLens begins in 1996

bool is_number(std::string_view text) {
  return !text.empty() && text.find_first_not_of("0123456789.") == std::string_view::npos;
}

bool is_ratings(const FileSample& sample, std::string_view separator) {
  return most_lines(sample, [&](std::string_view line) {
    const std::vector<std::string> fields = split_unquoted(line, separator);
    return fields.size() == 4 && is_number(fields[2]) && is_number(fields[3]) && fields[3].size() >= shortest_time;
  });
}

bool has_fields(const FileSample& sample, std::string_view separator, std::size_t count) {
  return most_lines(sample, [&](std::string_view line) { return split_unquoted(line, separator).size() == count; });
}

ColumnPositions columns(std::initializer_list<std::pair<ColumnRole, std::size_t>> list) {
  ColumnPositions positions;
  for (const auto& [role, position] : list) positions[role] = position;
  return positions;
}

std::unique_ptr<RowReader> ratings_table(std::string separator) {
  return table_reader(
      {.contents = Contents::interactions,
       .separator = std::move(separator),
       .fields = 4,
       .columns =
           columns({{ColumnRole::user, 0}, {ColumnRole::item, 1}, {ColumnRole::rating, 2}, {ColumnRole::time, 3}})});
}

}  // namespace

std::unique_ptr<RowReader> recognise_movielens(const FileSample& sample, const ColumnNames& given,
                                               Knowledge knowledge) {
  if (sample.lines.front() == "userId,movieId,rating,timestamp" || sample.lines.front() == "movieId,title,genres") {
    return recognise_csv(sample, given, knowledge);
  }
  if (!given.empty()) return nullptr;  // the older layouts have no names
  if (is_ratings(sample, "\t")) return ratings_table("\t");
  if (is_ratings(sample, "::")) return ratings_table("::");
  if (has_fields(sample, "::", 3)) {
    return table_reader({.contents = Contents::items,
                         .separator = "::",
                         .fields = 3,
                         .columns = columns({{ColumnRole::item, 0}, {ColumnRole::title, 1}, {ColumnRole::topics, 2}})});
  }
  if (has_fields(sample, "|", item_fields)) {
    return table_reader({.contents = Contents::items,
                         .separator = "|",
                         .fields = item_fields,
                         .columns = columns({{ColumnRole::item, 0}, {ColumnRole::title, 1}}),
                         .flag_topics = genres,
                         .first_flag = first_genre_flag});
  }
  return nullptr;
}

}  // namespace infodiet::recsys
