// UTF-16 as UTF-8, what spreadsheets on Windows save as "Unicode text", and lines that end with a carriage return
// alone.
#pragma once

#include <memory>

#include "recsys/import/input.hpp"

namespace infodiet::recsys {

/// The same text as UTF-8 where it begins like UTF-16 (by its byte order mark, or by a NUL in every other byte), else
/// the bytes as they are, with carriage returns as line ends where it has no others in its first kilobyte.
std::unique_ptr<ByteSource> decoded(std::unique_ptr<ByteSource> source);

}  // namespace infodiet::recsys
