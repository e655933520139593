// The use of ratings, in words.
#pragma once

#include <string>

#include "recsys/store/ratings.hpp"

namespace infodiet::tools {

/// "100836, 40123 low (below each person's median): seen, never recommended, never reasons".
std::string ratings_text(const recsys::RatedCounts& counts);

}  // namespace infodiet::tools
