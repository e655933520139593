// How often a test attacks, and what it says of that: tools/attack.sh puts it into its table.
#pragma once

#include <cstdio>
#include <cstdlib>
#include <string>

namespace infodiet::test {

/// The number in this environment variable, or what is usual.
inline long attacks_asked(const char* variable, long usual) {
  const char* const asked = std::getenv(variable);
  return asked != nullptr ? std::stol(asked) : usual;
}

inline void tell_of_attack(const std::string& what) {
  std::printf("attack: %s\n", what.c_str());
}

}  // namespace infodiet::test
