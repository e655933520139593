// Checks the values of rows and writes them, or keeps them as rejects: the one place where an imported value becomes a
// stored one.
#pragma once

#include <cstdint>
#include <string>

#include "recsys/import/file_plan.hpp"
#include "recsys/import/import.hpp"
#include "recsys/import/row_sink.hpp"
#include "recsys/store/catalogue_writer.hpp"

namespace infodiet::recsys {

class RowImporter : public RowSink {
 public:
  /// Counts into `report` and `rows`.
  RowImporter(Database& db, CatalogueWriter& writer, const ImportOptions& options, ImportReport& report,
              std::int64_t& rows);

  void begin_file(const FilePlan& plan);
  void end_file();

  void interaction(const RowOrigin& origin, const InteractionText& row) override;
  void item(const RowOrigin& origin, const ItemText& row) override;
  void user(const RowOrigin& origin, std::string_view key) override;
  void reject(const RowOrigin& origin, RowKind kind, std::string_view reason) override;

 private:
  [[noreturn]] void throw_too_many() const;

  Database* db_;
  CatalogueWriter* writer_;
  const ImportOptions* options_;
  ImportReport* report_;
  std::int64_t* rows_;
  Statement insert_reject_;
  std::string file_;
  std::int64_t import_id_ = 0;
  ImportReport before_;
};

}  // namespace infodiet::recsys
