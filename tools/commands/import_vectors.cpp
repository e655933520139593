#include "tools/commands/import_vectors.hpp"

#include <fmt/format.h>

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "recsys/import/input.hpp"
#include "recsys/store/new_database.hpp"
#include "tools/terminal/text.hpp"

namespace infodiet::tools {

namespace {

Json json_of(const recsys::VectorImport& made, bool is_dry_run) {
  return {{"changed", made.changed && !is_dry_run},
          {"dry_run", is_dry_run},
          {"vectors", made.vectors},
          {"dimensions", made.dimensions},
          {"added", made.added},
          {"kept", made.kept},
          {"replaced", made.replaced},
          {"items_in_log", made.items_in_log},
          {"covered", made.covered},
          {"elsewhere", made.elsewhere},
          {"users", made.users},
          {"items", made.items},
          {"warnings", made.warnings}};
}

void print(const recsys::VectorImport& made, bool is_dry_run, const Console& console) {
  console.print(fmt::format("vectors       {} of {}", counted(made.vectors, "item", "items"),
                            counted(made.dimensions, "dimension", "dimensions")));
  if (made.changed) {
    std::string stored = fmt::format("{} added", made.added);
    if (made.kept > 0) stored += fmt::format(", {} left out: their items have one (--again replaces all)", made.kept);
    if (made.replaced > 0) stored += fmt::format("; {} earlier ones replaced", made.replaced);
    console.print(fmt::format("              {}", stored));
  } else {
    console.print("nothing changed: imported before");
  }
  if (made.items_in_log > 0) {
    console.print(fmt::format("covered       {} of {} items of the log", made.covered, made.items_in_log));
    if (made.elsewhere > 0) {
      console.print(fmt::format("              {} not in the log",
                                counted(made.elsewhere, "item with a vector is", "items with a vector are")));
    }
  }
  console.print(fmt::format("{:<12}  {}, {}", is_dry_run ? "would be" : "now in file",
                            counted(made.users, "user", "users"), counted(made.items, "item", "items")));
  if (is_dry_run) console.print("nothing was stored (--dry-run)");
}

}  // namespace

void import_vectors(const Context& context, const recsys::VectorImportOptions& options) {
  const Console& console = context.console;
  recsys::require_paths_exist(std::vector<std::string>{options.vectors, options.ids});
  recsys::DatabaseToFill file(context.shared.database);
  const recsys::VectorImport made = recsys::import_vectors(file.db(), options);
  if (!options.dry_run) file.commit();
  for (const std::string& warning : made.warnings) console.note(fmt::format("warning: {}", printable(warning)));
  if (console.json()) {
    console.print_json(json_of(made, options.dry_run));
  } else {
    print(made, options.dry_run, console);
  }
}

}  // namespace infodiet::tools
