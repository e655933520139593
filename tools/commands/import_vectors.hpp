// `infodiet import --vectors`: vectors of items, for the attention model to learn from.
#pragma once

#include "recsys/import/vectors_file.hpp"
#include "tools/cli/command.hpp"

namespace infodiet::tools {

/// Imports one file into the database, which is created if missing, and prints the result.
void import_vectors(const Context& context, const recsys::VectorImportOptions& options);

}  // namespace infodiet::tools
