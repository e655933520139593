#include "recsys/import/import.hpp"

#include <array>

#include "recsys/store/database.hpp"
#include "tests/fuzz/file_of.hpp"
#include "tests/fuzz/targets.hpp"

namespace infodiet::test {

void fuzz_import(std::string_view bytes) {
  using recsys::ImportFormat;
  constexpr std::array formats{ImportFormat::automatic, ImportFormat::csv,      ImportFormat::movielens,
                               ImportFormat::recbole,   ImportFormat::sequence, ImportFormat::pairs,
                               ImportFormat::jsonl};
  if (bytes.empty()) return;
  recsys::Database db = recsys::Database::in_memory();
  recsys::import_paths(db, {.paths = {file_of(bytes.substr(1), "log")},
                            .format = formats[static_cast<unsigned char>(bytes.front()) % formats.size()]});
}

}  // namespace infodiet::test
