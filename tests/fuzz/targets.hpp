// The readers of bytes from outside, one function each: it returns, or throws an infodiet::Error that says what is
// wrong. Anything else is a bug. fuzzer.cpp gives them to libFuzzer, corpus_test.cpp to the suite.
#pragma once

#include <span>
#include <string_view>

namespace infodiet::test {

using FuzzTarget = void(std::string_view bytes);

/// The first byte says which format they are taken for, as a file.
FuzzTarget fuzz_import;
/// A database file: `infodiet doctor`, and what reads it.
FuzzTarget fuzz_database;
FuzzTarget fuzz_safetensors;
FuzzTarget fuzz_npy;
/// Stored configurations (JSON) and settings as users give them, line by line.
FuzzTarget fuzz_settings;
/// Arguments of the program, one a line; nothing is run.
FuzzTarget fuzz_command_line;
/// A request: method, target and body, a line each.
FuzzTarget fuzz_request;

struct NamedFuzzTarget {
  std::string_view name;  ///< of its corpus and its dictionary
  FuzzTarget* run;
};
std::span<const NamedFuzzTarget> fuzz_targets();

}  // namespace infodiet::test
