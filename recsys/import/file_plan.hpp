// The plan of an import, made before anything is written: how to read each input, and whether its content was imported
// before.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "recsys/import/import.hpp"
#include "recsys/import/input.hpp"
#include "recsys/import/row_reader.hpp"

namespace infodiet::recsys {

/// The plan for one input.
struct FilePlan {
  const Input* input = nullptr;
  std::unique_ptr<RowReader> reader = nullptr;
  std::string content = {};      ///< a digest of the bytes
  std::string fingerprint = {};  ///< of the content and of everything that changes what is stored of it
};

/// Looks into every input: files of items first, else in the order given. An input that `should_stop` interrupts is
/// left out. Throws DataError if one is empty, binary, of no known format or not of the requested one, or if a column
/// named in the options is in none of them.
std::vector<FilePlan> plan_files(const std::vector<std::unique_ptr<Input>>& inputs, const ImportOptions& options,
                                 const std::function<bool()>& should_stop);

/// Whether an import of this fingerprint is in the file.
bool was_imported(const Database& db, const std::string& fingerprint);

/// A first look at an input. Throws DataError if it is empty, binary, or holds no line that can be read.
FileSample look_into(const Input& input);

/// The text of an input, in UTF-8 where it was UTF-16.
std::unique_ptr<ByteSource> open_text(const Input& input);

}  // namespace infodiet::recsys
