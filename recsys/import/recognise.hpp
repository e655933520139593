// Finds out what a file is: its first lines, the names of its columns and what they hold, against the table of layouts
// and what the user says. Reads no rows and knows no database.
#pragma once

#include <memory>

#include "recsys/import/row_reader.hpp"

namespace infodiet::recsys {

/// A reader for the file. Throws DataError, with the options that would settle it, where it cannot be told what the
/// file holds or where it could be one thing or another.
std::unique_ptr<RowReader> recognise(const FileSample& sample, const ReadingOptions& options);

// Parts of it. Each returns nothing if the file is not of its format.
std::unique_ptr<RowReader> recognise_json(const FileSample& sample, const ReadingOptions& options);
std::unique_ptr<RowReader> recognise_recbole(const FileSample& sample, const ReadingOptions& options);
/// Delimited text whose first line names its columns.
std::unique_ptr<RowReader> recognise_headed_table(const FileSample& sample, const ReadingOptions& options);
/// Delimited text, whose columns are known by their names, by their numbers or by what they hold.
std::unique_ptr<RowReader> recognise_table(const FileSample& sample, const ReadingOptions& options);
std::unique_ptr<RowReader> recognise_pairs(const FileSample& sample, const ReadingOptions& options);
std::unique_ptr<RowReader> recognise_sequence(const FileSample& sample, const ReadingOptions& options);

}  // namespace infodiet::recsys
