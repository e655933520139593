#include "recsys/evaluation/trec.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <set>
#include <system_error>

#include "engine/errors.hpp"
#include "engine/io/atomic_file.hpp"
#include "recsys/errors.hpp"

namespace infodiet::recsys {

namespace {

namespace fs = std::filesystem;

/// How many bytes at the start of `text` (not empty) must be encoded: a whole character, or 0.
std::size_t unsafe_prefix(std::string_view text) {
  const auto first = static_cast<unsigned char>(text.front());
  if (first <= 0x20 || first == 0x7F || first == '%') return 1;
  // U+0080..U+00A0: controls and the no-break space.
  if (first == 0xC2 && text.size() >= 2 && static_cast<unsigned char>(text[1]) <= 0xA0) return 2;
  // U+1680, U+2000..U+200A, U+2028, U+2029, U+202F, U+205F, U+3000: the other spaces and line ends.
  if (text.size() < 3) return 0;
  const std::string_view three = text.substr(0, 3);
  if (three >= "\xE2\x80\x80" && three <= "\xE2\x80\x8A") return 3;
  for (const std::string_view space :
       {"\xE1\x9A\x80", "\xE2\x80\xA8", "\xE2\x80\xA9", "\xE2\x80\xAF", "\xE2\x81\x9F", "\xE3\x80\x80"}) {
    if (three == space) return 3;
  }
  return 0;
}

std::string column(const std::string& key) {
  if (key.empty()) throw DataError("a user or item with an empty key cannot be written to a TREC file");
  return percent_encoded(key);
}

void make_folder(const fs::path& folder) {
  std::error_code error;
  fs::create_directories(folder, error);
  if (error) throw std::system_error(error, fmt::format("cannot make the folder {}", folder.string()));
}

/// A name may come from a database and must not lead out of the folder.
std::string run_file_name(const std::string& model) {
  std::string name;
  for (const char byte : percent_encoded(model) + ".run")
    name += byte == '/' ? std::string("%2F") : std::string(1, byte);
  return name;
}

/// The largest float below `bound`; near zero a step is 1e-30, since some readers flush smaller numbers to zero.
float just_below(float bound) {
  return std::min(std::nextafter(bound, -std::numeric_limits<float>::infinity()), bound - 1e-30F);
}

}  // namespace

std::string percent_encoded(std::string_view key) {
  std::string encoded;
  while (!key.empty()) {
    const std::size_t unsafe = unsafe_prefix(key);
    for (const char byte : key.substr(0, unsafe)) {
      fmt::format_to(std::back_inserter(encoded), "%{:02X}", static_cast<unsigned char>(byte));
    }
    if (unsafe == 0) encoded += key.front();
    key.remove_prefix(std::max<std::size_t>(unsafe, 1));
  }
  return encoded;
}

void write_trec_qrels(const fs::path& folder, std::span<const EvaluationCase> cases, const KeyNames& keys) {
  make_folder(folder);
  engine::AtomicFile file(folder / "qrels.txt", engine::FileAccess::owner);
  for (const EvaluationCase& one : cases) {
    const std::string user = column(keys.user(one.user));
    for (const ItemIndex target : std::set<ItemIndex>(one.targets.begin(), one.targets.end())) {
      file.write(fmt::format("{} 0 {} 1\n", user, column(keys.item(target))));
    }
  }
  file.commit();
}

void write_trec_run(const fs::path& folder, std::span<const EvaluationCase> cases, const RankedCases& ranked,
                    const KeyNames& keys) {
  if (ranked.size() != cases.size()) {
    throw ShapeError(fmt::format("write_trec_run: {} has rankings of {} cases, not of these {}", ranked.model,
                                 ranked.size(), cases.size()));
  }
  make_folder(folder);
  engine::AtomicFile file(folder / run_file_name(ranked.model), engine::FileAccess::owner);
  const std::string tag = column(ranked.model);
  for (std::size_t c = 0; c < cases.size(); ++c) {
    const std::string user = column(keys.user(cases[c].user));
    std::size_t rank = 0;
    float printed = std::numeric_limits<float>::infinity();
    for (const auto& [item, score] : ranked.list_of(c)) {
      printed = std::min(score, just_below(printed));
      // Nine significant digits tell any two floats apart.
      file.write(fmt::format("{} Q0 {} {} {:.9g} {}\n", user, column(keys.item(item)), ++rank, printed, tag));
    }
  }
  file.commit();
}

}  // namespace infodiet::recsys
