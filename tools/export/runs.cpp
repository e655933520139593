#include "tools/export/runs.hpp"

#include <fmt/format.h>

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "engine/io/json_text.hpp"
#include "recsys/csv_file.hpp"
#include "recsys/errors.hpp"
#include "rl/diet/diet.hpp"
#include "tools/terminal/console.hpp"

namespace infodiet::tools {

namespace {

constexpr const char* figure_names[] = {"return",         "return_stderr",    "percent_of_optimum",
                                        "percent_stderr", "percent_of_bound", "percent_of_bound_stderr"};

std::vector<std::string> diet_names() {
  std::vector<std::string> names;
  for (const rl::DietMetric& metric : rl::diet_metrics()) names.emplace_back(metric.name);
  names.emplace_back("consumed.fragmentation");
  return names;
}

void add_number(recsys::CsvFile& file, const Json& object, const std::string& key) {
  const auto found = object.find(key);
  if (found != object.end() && found->is_number()) {
    file.number(found->get<double>());
  } else {
    file.empty();
  }
}

// One policy's figures as in the JSON of `simulate`; a point of a sweep names its policy separately.
void add_result(recsys::CsvFile& file, const Json& result, const std::vector<std::string>& diet) {
  file.text((result.contains("policy") ? result.at("policy") : result.at("name")).get<std::string>());
  add_number(file, result, "setting");
  for (const char* figure : figure_names) add_number(file, result, figure);
  for (const std::string& name : diet) {
    const Json summary = result.at("diet").value(name, Json());
    add_number(file, summary.is_object() ? summary : Json::object(), "mean");
  }
}

}  // namespace

std::size_t export_runs(const std::filesystem::path& path, const recsys::Database& db, recsys::CellText text) {
  const std::vector<std::string> diet = diet_names();
  std::string header = "run,environment,seed,command,reward,policy,setting";
  for (const char* figure : figure_names) header.append(",").append(figure);
  for (const std::string& name : diet) header.append(",").append(name);
  recsys::CsvFile file(path, header, {.text = text});
  std::size_t rows = 0;
  recsys::Statement query = db.prepare("SELECT id, environment, seed, command, reward, metrics FROM runs ORDER BY id");
  while (query.step()) {
    const std::int64_t run = query.integer(0);
    try {
      const Json metrics = engine::require_json<Json>(query.text(5));
      for (const Json& result : metrics.contains("points") ? metrics.at("points") : metrics.at("policies")) {
        file.number(run).text(query.text(1)).number(static_cast<std::uint64_t>(query.integer(2)));
        file.text(query.text(3)).text(query.text(4));
        add_result(file, result, diet);
        file.end_row();
        ++rows;
      }
    } catch (const Json::exception& error) {
      throw recsys::DamagedError(fmt::format("{}: the figures of run {} are invalid ({}); restore a copy of the file",
                                             db.path(), run, error.what()));
    }
  }
  file.commit();
  return rows;
}

}  // namespace infodiet::tools
