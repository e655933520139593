#include <string>
#include <vector>

#include "tests/fuzz/targets.hpp"
#include "tools/cli/command_table.hpp"

namespace infodiet::test {

void fuzz_command_line(std::string_view bytes) {
  std::vector<std::string> words(1);
  for (const char c : bytes) {
    if (c == '\n') {
      words.emplace_back();
    } else {
      words.back() += c;
    }
  }
  const tools::CommandEntry* entry = tools::find_command(words.front());
  if (entry == nullptr) return;
  words.erase(words.begin());
  tools::prepare(*entry, {})->spec.options.parse(words);
}

}  // namespace infodiet::test
