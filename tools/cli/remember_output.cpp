#include "tools/cli/remember_output.hpp"

#include <fmt/format.h>

#include "recsys/store/outputs.hpp"

namespace infodiet::tools {

void remember_output(const Context& context, std::string_view kind, const std::string& path) {
  if (recsys::record_output(context.shared.database, kind, path)) return;
  context.console.note(
      fmt::format("{} cannot be written, so 'infodiet forget' will not know of {}", context.shared.database, path));
}

}  // namespace infodiet::tools
