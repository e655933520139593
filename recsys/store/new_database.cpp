#include "recsys/store/new_database.hpp"

#include <filesystem>

namespace infodiet::recsys {

DatabaseToFill::DatabaseToFill(const std::string& path) {
  std::error_code ignored;
  // Where there is a link, even one that leads nowhere, SQLite follows it.
  if (std::filesystem::exists(std::filesystem::symlink_status(path, ignored))) {
    db_.emplace(path, OpenMode::create);
    return;
  }
  part_.emplace(path, engine::FileAccess::owner);
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
