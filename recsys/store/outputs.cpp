#include "recsys/store/outputs.hpp"

#include <chrono>
#include <ctime>

#include "recsys/errors.hpp"
#include "recsys/utf8.hpp"

namespace infodiet::recsys {

bool record_output(const std::string& database, std::string_view kind, const std::filesystem::path& path) {
  std::error_code ignored;
  if (!std::filesystem::is_regular_file(path, ignored) && !std::filesystem::is_directory(path, ignored)) return true;
  try {
    Database db(database, OpenMode::read_write);
    db.wait_at_most(std::chrono::seconds(1));
    Transaction transaction(db);
    db.prepare(
          "INSERT INTO outputs (created, kind, path) VALUES (?, ?, ?)"
          " ON CONFLICT (path) DO UPDATE SET created = excluded.created, kind = excluded.kind")
        .run(static_cast<std::int64_t>(std::time(nullptr)), kind, to_utf8(std::filesystem::absolute(path).string()));
    transaction.commit();
    return true;
  } catch (const Error&) {
    return false;
  }
}

std::vector<Output> list_outputs(const Database& db, std::int64_t since) {
  std::vector<Output> outputs;
  Statement query = db.prepare("SELECT kind, path FROM outputs WHERE created >= ? ORDER BY path");
  query.bind(since);
  while (query.step()) {
    Output output{.kind = std::string(query.text(0)), .path = std::string(query.text(1))};
    std::error_code ignored;
    if (std::filesystem::exists(output.path, ignored)) outputs.push_back(std::move(output));
  }
  return outputs;
}

}  // namespace infodiet::recsys
