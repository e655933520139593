#include <vector>

#include "recsys/attention/config.hpp"
#include "recsys/attention/training_spec.hpp"
#include "recsys/data/split.hpp"
#include "rl/reward.hpp"
#include "tests/fuzz/targets.hpp"

namespace infodiet::test {
namespace {

template <class Read>
void read(Read&& read) {
  try {
    read();
  } catch (const Error&) {
  }
}

}  // namespace

void fuzz_settings(std::string_view bytes) {
  const std::string text(bytes);
  read([&] { recsys::attention_config_from_json(text); });
  read([&] { recsys::parse_holdout(text); });
  read([&] { rl::parse_reward(text); });
  std::vector<std::string> lines(1);
  for (const char c : bytes) {
    if (c == '\n') {
      lines.emplace_back();
    } else {
      lines.back() += c;
    }
  }
  recsys::TrainingSpec settings{};
  recsys::apply_settings(lines, settings);
}

}  // namespace infodiet::test
