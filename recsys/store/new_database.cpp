#include "recsys/store/new_database.hpp"

#include <fmt/format.h>

#include <filesystem>
#include <system_error>

#include "engine/errors.hpp"

namespace infodiet::recsys {

DatabaseToFill::DatabaseToFill(const std::string& path) {
  std::error_code ignored;
  // SQLite follows links, even those that lead nowhere.
  if (std::filesystem::exists(std::filesystem::symlink_status(path, ignored))) {
    db_.emplace(path, OpenMode::create);
    return;
  }
  try {
    part_.emplace(path, engine::FileAccess::owner);
  } catch (const std::system_error& error) {
    throw Error(fmt::format("{}: the file cannot be created ({}): check that its folder exists and can be written",
                            path, error.code().message()));
  }
  db_.emplace(part_->path().string(), OpenMode::create);
}

void DatabaseToFill::commit() {
  if (part_) {
    // Pages that are only in the log would be lost.
    Statement checkpoint = db_->prepare("PRAGMA wal_checkpoint(TRUNCATE)");
    checkpoint.step();
  }
  db_.reset();
  if (part_) part_->move_to_place(engine::PartFile::Existing::is_an_error);
}

}  // namespace infodiet::recsys
