// `infodiet doctor`: checks a database and the program's libraries.

#include <fmt/format.h>

#include <sqlite3.h>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "engine/blas_setup.hpp"
#include "engine/distributed/communicator.hpp"
#include "engine/kernels/kernels.hpp"
#include "recsys/attention/model_file.hpp"
#include "recsys/data/split.hpp"
#include "recsys/errors.hpp"
#include "recsys/store/catalogue.hpp"
#include "recsys/store/doctor.hpp"
#include "recsys/store/item_topics.hpp"
#include "recsys/store/load_dataset.hpp"
#include "recsys/store/model_names.hpp"
#include "rl/agent/model_file.hpp"
#include "rl/environments/catalogue.hpp"
#include "tools/cli/command.hpp"
#include "tools/cli/errors.hpp"
#include "tools/commands/commands.hpp"
#include "tools/distributed/stations.hpp"
#include "tools/terminal/table.hpp"

namespace infodiet::tools {

namespace {

class DoctorCommand final : public Command {
 public:
  void setup(CommandSpec& spec) override;
  ExitCode run(const Context& context) override;
};

// Loads a model like the commands do; an agent for other topics is not damaged.
void load_model(const recsys::Database& db, const recsys::ModelRecord& model) {
  if (model.name == recsys::attention_model) {
    recsys::parse_holdout(model.holdout);
    recsys::load_attention_model(db, recsys::load_catalogue(db), {.id = model.id});
  } else if (model.name.starts_with(recsys::agent_model_prefix) && model.state == recsys::ModelState::published) {
    try {
      const std::string environment = model.name.substr(recsys::agent_model_prefix.size());
      const bool of_data = environment == rl::CatalogueEnvironment::id;
      const auto topics = of_data ? recsys::load_item_topics(db).names : std::vector<std::string>();
      rl::load_agent(db, environment, topics);
    } catch (const recsys::DataError&) {
    }
  }
}

constexpr double microseconds = 1e6;
constexpr double megabytes = 1e-6;

void print_stations(const std::vector<Station>& stations, const Console& console) {
  Table table({{.title = "process", .align = Align::right},
               {.title = "host"},
               {.title = "threads", .align = Align::right},
               {.title = "version"},
               {.title = "kernels"},
               {.title = "OpenBLAS"},
               {.title = "latency", .align = Align::right},
               {.title = "bandwidth", .align = Align::right}});
  for (std::size_t p = 0; p < stations.size(); ++p) {
    const Station& one = stations[p];
    table.add({std::to_string(p), one.host, std::to_string(one.threads), one.version, one.kernels, one.blas_kernels,
               p == 0 ? "" : fmt::format("{:.1f} us", one.latency * microseconds),
               p == 0 ? "" : fmt::format("{:.0f} MB/s", one.bandwidth * megabytes)});
  }
  table.print(console);
}

Json stations_json(const std::vector<Station>& stations) {
  Json all = Json::array();
  for (std::size_t p = 0; p < stations.size(); ++p) {
    const Station& one = stations[p];
    all.push_back({{"process", p},
                   {"host", one.host},
                   {"threads", one.threads},
                   {"version", one.version},
                   {"kernels", one.kernels},
                   {"blas_kernels", one.blas_kernels},
                   {"latency_us", p == 0 ? Json(nullptr) : Json(one.latency * microseconds)},
                   {"mb_per_second", p == 0 ? Json(nullptr) : Json(one.bandwidth * megabytes)}});
  }
  return all;
}

}  // namespace

void DoctorCommand::setup(CommandSpec& spec) {
  spec.description =
      "Checks a database: that it is infodiet's and of a known version, its schema, SQLite's integrity check, "
      "references between tables, the digest of every table and the checksum of every stored tensor (which reveal a "
      "corrupted byte), that every model can be loaded, and that no forgetting was left unfinished. Also prints the "
      "kernels and libraries that the program uses, and infodiet-mpi the processes of its job with the latency and "
      "bandwidth measured between each and process 0. Changes nothing. Exits with 4 if anything is wrong.";
  spec.example = "infodiet doctor --db world.db";
}

ExitCode DoctorCommand::run(const Context& context) {
  std::vector<Station> stations;
  if (!context.processes.is_alone()) {
    const engine::ThreadPool pool(context.shared.threads);
    stations = measure_stations(context.processes, pool.size());
    if (!context.console.json()) print_stations(stations, context.console);
  }
  const std::string& path = context.shared.database;
  if (!std::filesystem::exists(path)) {
    throw Error(fmt::format(
        "there is no file {}; make one with 'infodiet sample' or 'infodiet import', or name another with --db", path));
  }
  const std::vector<std::string> problems = recsys::check_database(path, load_model);
  const char* kernels = engine::kernels::name_of(engine::kernels::best_instruction_set());
  const Console& console = context.console;
  if (console.json()) {
    Json result{{"ok", problems.empty()},
                {"problems", problems},
                {"path", path},
                {"kernels", kernels},
                {"blas_kernels", engine::blas_kernels()},
                {"sqlite", sqlite3_libversion()}};
    if (!stations.empty()) result["processes"] = stations_json(stations);
    console.print_json(result);
  } else {
    for (const std::string& problem : problems) console.print_prose(problem);
    console.print(problems.empty()
                      ? fmt::format("{} is sound", path)
                      : fmt::format("{}: {} problem{}; restore a copy, or import into a new file with --db", path,
                                    problems.size(), problems.size() == 1 ? "" : "s"));
    console.print(fmt::format("kernels {}, OpenBLAS kernels {}, SQLite {}", kernels, engine::blas_kernels(),
                              sqlite3_libversion()));
  }
  return problems.empty() ? ExitCode::done : ExitCode::damaged_file;
}

std::unique_ptr<Command> make_doctor() {
  return std::make_unique<DoctorCommand>();
}

}  // namespace infodiet::tools
