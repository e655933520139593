// The published layouts themselves, one row each; recsys/import/layouts.hpp finds the one that a file has.
#pragma once

#include <vector>

#include "recsys/import/layouts.hpp"

namespace infodiet::recsys {

/// Layouts with a header. Of several that fit, the one with the longest header is taken.
const std::vector<Layout>& headed_layouts();
/// Layouts without a header, in the order they are tried.
const std::vector<Layout>& headless_layouts();

}  // namespace infodiet::recsys
