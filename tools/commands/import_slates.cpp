#include "tools/commands/import_slates.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <nlohmann/json.hpp>
#include <vector>

#include "recsys/errors.hpp"
#include "recsys/import/input.hpp"
#include "recsys/import/slates_file.hpp"
#include "tools/terminal/text.hpp"

namespace infodiet::tools {

namespace {

constexpr std::size_t shown_rejects = 10;

Json json_of(const recsys::SlateImport& made) {
  Json rejects = Json::array();
  for (const recsys::RejectedSlate& row : made.file.rejected) {
    rejects.push_back({{"line", row.line}, {"reason", row.reason}});
  }
  return {{"changed", made.changed},
          {"logs", made.logs},
          {"sessions", made.sessions},
          {"slates", made.slates},
          {"rejected", made.file.rejected.size()},
          {"sessions_left_out", made.file.sessions_left_out},
          {"probabilities", made.file.has_probabilities},
          {"unused", made.file.unused},
          {"rejects", std::move(rejects)}};
}

void print(const recsys::SlateImport& made, const std::string& name, const Console& console) {
  const recsys::SlateFile& file = made.file;
  if (!file.unused.empty()) {
    console.print(fmt::format("unused columns  {}", printable(fmt::format("{}", fmt::join(file.unused, ", ")))));
  }
  console.print(fmt::format("slates          {} in {}, {} rejected, {} left out", made.slates,
                            counted(made.sessions, "session", "sessions"), counted(file.rejected.size(), "row", "rows"),
                            counted(file.sessions_left_out, "session", "sessions")));
  if (!file.has_probabilities) {
    console.print("probabilities   none: 'evaluate --logged' can only give a model's estimate of other policies");
  }
  if (made.changed) {
    console.print(fmt::format("stored as       log {}", fmt::join(made.logs, ", log ")));
  } else {
    console.print("nothing changed: imported before");
  }
  for (std::size_t i = 0; i < std::min(shown_rejects, file.rejected.size()); ++i) {
    console.note(fmt::format("{}:{}: {}", printable(name), file.rejected[i].line, printable(file.rejected[i].reason)));
  }
  if (file.rejected.size() > shown_rejects) {
    console.note(fmt::format("and {} more: --json lists all", file.rejected.size() - shown_rejects));
  }
}

}  // namespace

void import_slates(const Context& context, const std::string& path, std::int64_t max_errors) {
  const auto inputs = recsys::find_inputs(std::vector<std::string>{path}, [] { return false; });
  if (inputs.size() != 1) {
    throw recsys::DataError(fmt::format("{}: {} files: expected one log of slates", path, inputs.size()));
  }
  recsys::Database db(context.shared.database, recsys::OpenMode::read_write);
  const recsys::SlateImport made = recsys::import_slates(db, *inputs.front(), max_errors);
  if (context.console.json()) {
    context.console.print_json(json_of(made));
  } else {
    print(made, inputs.front()->name(), context.console);
  }
}

}  // namespace infodiet::tools
