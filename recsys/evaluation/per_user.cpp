#include "recsys/evaluation/per_user.hpp"

#include <csv.h>
#include <fmt/format.h>

#include <string>

#include "engine/errors.hpp"
#include "engine/io/atomic_file.hpp"

namespace infodiet::recsys {

namespace {

std::string quoted(const std::string& text) {
  std::string field(csv_write(nullptr, 0, text.data(), text.size()), '\0');
  csv_write(field.data(), field.size(), text.data(), text.size());
  return field;
}

std::string header(std::span<const MetricAtK> metrics) {
  std::string line = "model,user,target,rank,history,targets";
  for (const auto& [metric, k] : metrics) line += "," + metric_key(metric, k);
  return line + "\n";
}

void write_case(engine::AtomicFile& file, const EvaluationCase& one, std::size_t c, const RankedCases& ranked,
                std::span<const MetricAtK> metrics, const KeyNames& keys) {
  const std::span<const std::uint32_t> ranks = ranked.ranks_of(c);
  std::string values;
  for (const auto& [metric, k] : metrics) values += fmt::format(",{}", metric_at(metric, ranks, k));
  const std::string model = quoted(ranked.model);
  const std::string user = quoted(keys.user(one.user));
  for (std::size_t i = 0; i < ranks.size(); ++i) {
    file.write(fmt::format("{},{},{},{},{},{}{}\n", model, user, quoted(keys.item(ranked.targets_of(c)[i])), ranks[i],
                           one.history.size(), ranks.size(), values));
  }
}

}  // namespace

void write_per_user(const std::filesystem::path& path, std::span<const EvaluationCase> cases,
                    std::span<const RankedCases> models, std::span<const MetricAtK> metrics, const KeyNames& keys) {
  engine::AtomicFile file(path);
  file.write(header(metrics));
  for (const RankedCases& ranked : models) {
    if (ranked.size() != cases.size()) {
      throw ShapeError(fmt::format("write_per_user: {} has rankings of {} cases, not of these {}", ranked.model,
                                   ranked.size(), cases.size()));
    }
    for (std::size_t c = 0; c < cases.size(); ++c) write_case(file, cases[c], c, ranked, metrics, keys);
  }
  file.commit();
}

}  // namespace infodiet::recsys
