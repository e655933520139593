// How often a test attacks, and its report for the table of tools/attack.sh.
#pragma once

#include <cstdio>
#include <cstdlib>
#include <string>

namespace infodiet::test {

/// The number in this environment variable, or the default.
inline long attacks_asked(const char* variable, long usual) {
  const char* const asked = std::getenv(variable);
  return asked != nullptr ? std::stol(asked) : usual;
}

inline void tell_of_attack(const std::string& what) {
  std::printf("attack: %s\n", what.c_str());
}

}  // namespace infodiet::test
