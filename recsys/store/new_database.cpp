#include "recsys/store/new_database.hpp"

#include <fmt/format.h>

#include <filesystem>
#include <system_error>

#include "engine/errors.hpp"

namespace infodiet::recsys {

DatabaseToFill::DatabaseToFill(const std::string& path) {
  std::error_code ignored;
  // Where there is a link, even one that leads nowhere, SQLite follows it.
  if (std::filesystem::exists(std::filesystem::symlink_status(path, ignored))) {
    db_.emplace(path, OpenMode::create);
    return;
  }
  try {
    part_.emplace(path, engine::FileAccess::owner);
  } catch (const std::system_error& error) {
    throw Error(fmt::format("{}: the file cannot be made ({}): check that its folder exists and can be written", path,
                            error.code().message()));
  }
  db_.emplace(part_->path().string(), OpenMode::create);
}

void DatabaseToFill::appear() {
  if (part_) {
    // What is in the log only would stay behind.
    Statement checkpoint = db_->prepare("PRAGMA wal_checkpoint(TRUNCATE)");
    checkpoint.step();
  }
  db_.reset();
  if (part_) part_->move_to_place(engine::PartFile::Existing::is_an_error);
}

}  // namespace infodiet::recsys
