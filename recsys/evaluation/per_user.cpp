#include "recsys/evaluation/per_user.hpp"

#include <fmt/format.h>

#include <string>

#include "engine/errors.hpp"
#include "recsys/csv_file.hpp"

namespace infodiet::recsys {

namespace {

std::string header(std::span<const MetricAtK> metrics) {
  std::string line = "model,user,target,rank,history,targets";
  for (const auto& [metric, k] : metrics) line += "," + metric_key(metric, k);
  return line;
}

void write_case(CsvFile& file, const EvaluationCase& one, std::size_t c, const RankedCases& ranked,
                std::span<const MetricAtK> metrics, const KeyNames& keys) {
  const std::span<const std::uint32_t> ranks = ranked.ranks_of(c);
  for (std::size_t i = 0; i < ranks.size(); ++i) {
    file.text(ranked.model).text(keys.user(one.user)).text(keys.item(ranked.targets_of(c)[i])).number(ranks[i]);
    file.number(one.history.size()).number(ranks.size());
    for (const auto& [metric, k] : metrics) file.number(metric_at(metric, ranks, k));
    file.end_row();
  }
}

}  // namespace

void write_per_user(const std::filesystem::path& path, std::span<const EvaluationCase> cases,
                    std::span<const RankedCases> models, const PerUserColumns& columns, const KeyNames& keys) {
  CsvFile file(path, header(columns.metrics), {.access = engine::FileAccess::owner, .text = columns.text});
  for (const RankedCases& ranked : models) {
    if (ranked.size() != cases.size()) {
      throw ShapeError(fmt::format("write_per_user: {} has rankings of {} cases, not of these {}", ranked.model,
                                   ranked.size(), cases.size()));
    }
    for (std::size_t c = 0; c < cases.size(); ++c) write_case(file, cases[c], c, ranked, columns.metrics, keys);
  }
  file.commit();
}

}  // namespace infodiet::recsys
