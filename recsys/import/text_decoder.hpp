// Converts UTF-16 ("Unicode text" of spreadsheets on Windows) to UTF-8, and single carriage returns to line ends.
#pragma once

#include <memory>

#include "recsys/import/input.hpp"

namespace infodiet::recsys {

/// The same text as UTF-8 if it begins like UTF-16 (by its byte order mark, or by a NUL in every other byte), else the
/// same bytes, with carriage returns as line ends if its first kilobyte has no others.
std::unique_ptr<ByteSource> decoded(std::unique_ptr<ByteSource> source);

}  // namespace infodiet::recsys
