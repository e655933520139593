// API keys and what they allow.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "tools/serve/route.hpp"

namespace infodiet::tools::serve {

/// The keys that the service accepts.
class ApiKeys {
 public:
  /// No keys: everybody may read and write.
  ApiKeys() = default;
  /// From a file of lines `read KEY` or `write KEY`; a write key also reads, lines that begin with # are skipped.
  /// Throws Error if the file cannot be read, DataError for any other line, a key under 8 bytes, or no key at all.
  explicit ApiKeys(const std::string& path);

  bool empty() const { return keys_.empty(); }
  /// What a key allows; Access::anyone for an unknown key. Takes the same time for every key.
  Access allowed(std::string_view key) const;

 private:
  struct Key {
    std::string text;
    Access access;
  };
  std::vector<Key> keys_;
};

}  // namespace infodiet::tools::serve
