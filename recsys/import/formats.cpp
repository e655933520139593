#include "recsys/import/formats.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace infodiet::recsys {
namespace {

constexpr std::array<std::pair<ImportFormat, std::string_view>, 7> format_names{{{ImportFormat::automatic, "auto"},
                                                                                 {ImportFormat::csv, "csv"},
                                                                                 {ImportFormat::movielens, "movielens"},
                                                                                 {ImportFormat::recbole, "recbole"},
                                                                                 {ImportFormat::sequence, "sequence"},
                                                                                 {ImportFormat::pairs, "pairs"},
                                                                                 {ImportFormat::jsonl, "jsonl"}}};

}  // namespace

std::string_view name_of(ImportFormat format) {
  return std::find_if(format_names.begin(), format_names.end(),
                      [&](const auto& entry) { return entry.first == format; })
      ->second;
}

std::optional<ImportFormat> import_format_named(std::string_view name) {
  const auto found =
      std::find_if(format_names.begin(), format_names.end(), [&](const auto& entry) { return entry.second == name; });
  return found == format_names.end() ? std::nullopt : std::optional(found->first);
}

}  // namespace infodiet::recsys
