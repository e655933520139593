// Recognises a file by its first lines, the names of its columns and their values, the table of layouts and the user's
// options. Reads no rows and knows no database.
#pragma once

#include <memory>

#include "recsys/import/row_reader.hpp"

namespace infodiet::recsys {

/// A reader for the file. Throws DataError if the file is not recognised or ambiguous, with the options that would
/// settle it.
std::unique_ptr<RowReader> recognise(const FileSample& sample, const ReadingOptions& options);

// The parts of recognise. Each returns nothing if the file has another format.
std::unique_ptr<RowReader> recognise_json(const FileSample& sample, const ReadingOptions& options);
/// One JSON object of items and lists of their attributes.
std::unique_ptr<RowReader> recognise_item_lists(const FileSample& sample, const ReadingOptions& options);
std::unique_ptr<RowReader> recognise_recbole(const FileSample& sample, const ReadingOptions& options);
/// Delimited text whose first line names its columns.
std::unique_ptr<RowReader> recognise_headed_table(const FileSample& sample, const ReadingOptions& options);
/// Delimited text, whose columns are known by names, by numbers or by values.
std::unique_ptr<RowReader> recognise_table(const FileSample& sample, const ReadingOptions& options);
std::unique_ptr<RowReader> recognise_pairs(const FileSample& sample, const ReadingOptions& options);
std::unique_ptr<RowReader> recognise_sequence(const FileSample& sample, const ReadingOptions& options);

}  // namespace infodiet::recsys
