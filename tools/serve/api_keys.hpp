// The keys that requests show.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "tools/serve/route.hpp"

namespace infodiet::tools::serve {

class ApiKeys {
 public:
  /// No keys: everybody may do everything.
  ApiKeys() = default;
  /// Of a file with a line `read KEY` or `write KEY` each; a write key reads too, lines that begin with # are passed
  /// over. Throws Error if the file cannot be read, DataError for anything else in it, a key under 8 bytes, or no key.
  explicit ApiKeys(const std::string& path);

  bool empty() const { return keys_.empty(); }
  /// What a key allows; Access::anyone for one that is not known. Takes equally long whatever the key holds.
  Access allowed(std::string_view key) const;

 private:
  struct Key {
    std::string text;
    Access access;
  };
  std::vector<Key> keys_;
};

}  // namespace infodiet::tools::serve
