// The chart of an information-diet label with everybody's figures, for the report and the service's page.
#pragma once

#include <optional>

#include "rl/answers/diet.hpp"
#include "tools/report/section.hpp"

namespace infodiet::tools::report {

/// Nothing if no figure of the label is graded.
std::optional<Chart> label_chart(const rl::DietLabel& label);

}  // namespace infodiet::tools::report
