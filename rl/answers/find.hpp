// Items by words of their titles, and people by their ids: what somebody types who does not know an id.
#pragma once

#include <cstddef>
#include <string_view>
#include <vector>

#include "rl/answers/view.hpp"

namespace infodiet::rl {

struct Found {
  std::vector<recsys::ItemIndex> items{};
  std::vector<std::size_t> users{};  ///< by number in View::users()
};

/// At most `most` of each. An item that is not hidden is found if its title or its id holds every word, those where words begin with them
/// first, then those that are taken in most; a person if their id holds the whole text, the shortest ids first. Upper
/// and lower case are the same (of Latin, Greek and Cyrillic letters).
Found find(const View& view, std::string_view words, std::size_t most);

}  // namespace infodiet::rl
