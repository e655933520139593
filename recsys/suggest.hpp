// "Did you mean ...?" for mistyped names. Only suggests; never guesses for the user.
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>

namespace infodiet::recsys {

/// Insertions, deletions, substitutions and swaps of neighbours that turn one text into the other (optimal string
/// alignment distance; Damerau 1964), in bytes.
std::size_t edit_distance(std::string_view from, std::string_view to);

/// The known name nearest to what was typed, the first if several are; empty if none is near enough: a third of the
/// typed name (at least one letter) may differ, or it is the start of exactly one name.
std::string closest_name(std::string_view typed, std::span<const std::string> known);

/// "; did you mean 'import'?", or nothing.
std::string suggestion(std::string_view typed, std::span<const std::string> known);

}  // namespace infodiet::recsys
