#include "tools/serve/api_keys.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <fstream>
#include <sstream>

#include "recsys/errors.hpp"

namespace infodiet::tools::serve {
namespace {

constexpr std::size_t shortest_key = 8;

// Compares every byte, so that the time does not depend on where the first difference is.
bool equal_in_constant_time(std::string_view shown, std::string_view key) {
  std::size_t difference = shown.size() ^ key.size();
  for (std::size_t i = 0; i < shown.size(); ++i) {
    difference |= static_cast<unsigned char>(shown[i]) ^ static_cast<unsigned char>(key[i % key.size()]);
  }
  return difference == 0;
}

}  // namespace

ApiKeys::ApiKeys(const std::string& path) {
  std::ifstream file(path);
  if (!file) throw Error(fmt::format("--api-keys: {} cannot be read: expected a file of keys", path));
  std::string line;
  for (std::size_t number = 1; std::getline(file, line); ++number) {
    std::istringstream words(line);
    std::string access;
    std::string key;
    std::string rest;
    words >> access >> key >> rest;
    if (access.empty() || access.starts_with('#')) continue;
    if ((access != "read" && access != "write") || key.size() < shortest_key || !rest.empty()) {
      throw recsys::DataError(
          fmt::format("{}:{}: expected 'read KEY' or 'write KEY' with a key of {} characters or more and no blanks",
                      path, number, shortest_key));
    }
    keys_.push_back({std::move(key), access == "write" ? Access::write : Access::read});
  }
  if (keys_.empty()) {
    throw recsys::DataError(
        fmt::format("{}: there is no key in it: write one line 'read KEY' or 'write KEY' for each", path));
  }
}

Access ApiKeys::allowed(std::string_view key) const {
  Access access = Access::anyone;
  for (const Key& known : keys_) {
    if (equal_in_constant_time(key, known.text)) access = std::max(access, known.access);
  }
  return access;
}

}  // namespace infodiet::tools::serve
