// People who consume the same items as somebody.
#pragma once

#include <cstddef>
#include <vector>

#include "rl/answers/view.hpp"

namespace infodiet::rl {

/// Somebody similar.
struct AlikePerson {
  std::size_t user;   ///< number in View::users()
  double similarity;  ///< |A and B| / sqrt(|A| |B|) of the sets of items, the cosine of their 0/1 rows
};

/// The `count` people most similar to `profile`, most similar first, ties by number, without the person themselves and
/// people who share no item. Reads every history once.
std::vector<AlikePerson> alike_people(const View& view, const Profile& profile, std::size_t count);

}  // namespace infodiet::rl
