#include "tools/cli/liked_option.hpp"

#include <fmt/format.h>

#include "tools/cli/errors.hpp"

namespace infodiet::tools {

void LikedOption::add_to(OptionSet& options, const std::string& otherwise) {
  options.text({.name = "liked",
                .value = "N",
                .help = fmt::format("items rated below N are not liked: a rating, middle (each person's median) or any "
                                    "(everything is liked); by default {}",
                                    otherwise),
                .known = {"middle", "any"}},
               text_);
}

std::optional<recsys::Liking> LikedOption::liking() const {
  if (!text_) return std::nullopt;
  const std::optional<recsys::Liking> liking = recsys::parse_liking(*text_);
  if (!liking) {
    throw UsageError(
        fmt::format("--liked: '{}' is not a rating: expected a number, as in --liked 3.5, middle for each person's "
                    "median, or any to like everything",
                    *text_));
  }
  return liking;
}

}  // namespace infodiet::tools
