// What the tests of importing share: a new database, and histories by imported keys.
#pragma once

#include <gtest/gtest.h>

#include <string>
#include <string_view>
#include <vector>

#include "recsys/errors.hpp"
#include "recsys/import/import.hpp"
#include "recsys/store/catalogue.hpp"
#include "recsys/store/database.hpp"
#include "recsys/store/load_dataset.hpp"
#include "tests/support/temporary_folder.hpp"

namespace infodiet::recsys {

class ImportTest : public testing::Test {
 protected:
  /// Imports one file of this content.
  ImportReport import_text(std::string_view name, std::string_view content, ImportOptions options = {}) {
    options.paths = {folder_.write(name, content)};
    return import_paths(db_, options);
  }

  /// The message of the DataError that importing this content throws.
  std::string refusal(std::string_view name, std::string_view content, const ImportOptions& options = {}) {
    try {
      import_text(name, content, options);
    } catch (const DataError& error) {
      return error.what();
    }
    ADD_FAILURE() << "nothing was thrown";
    return "";
  }

  std::vector<std::string> history(std::string_view user) const {
    const auto id = find_user(db_, user);
    if (!id) return {};
    const Dataset dataset = load_dataset(db_);
    const std::vector<Item> items = list_items(db_);
    std::vector<std::string> keys;
    for (std::size_t u = 0; u < dataset.users(); ++u) {
      if (dataset.user_ids[u] != *id) continue;
      for (const ItemIndex item : dataset.history(u).items) keys.push_back(items[item].key);
    }
    return keys;
  }

  Item item(std::string_view key) const { return load_item(db_, find_item(db_, key).value()); }

  std::int64_t number(std::string_view sql) const {
    Statement query = db_.prepare(sql);
    return query.step() ? query.integer(0) : -1;
  }

  test::TemporaryFolder folder_;
  Database db_{folder_.file("test.db"), OpenMode::create};
};

using Keys = std::vector<std::string>;

}  // namespace infodiet::recsys
