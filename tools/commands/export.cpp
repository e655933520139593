// `infodiet export`: the model, everybody's lists, runs and slates as files for other programs.

#include <fmt/format.h>

#include <cstddef>
#include <filesystem>
#include <map>
#include <memory>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "rl/answers/view.hpp"
#include "tools/cli/command.hpp"
#include "tools/cli/errors.hpp"
#include "tools/cli/filter_options.hpp"
#include "tools/cli/model_option.hpp"
#include "tools/cli/remember_output.hpp"
#include "tools/commands/commands.hpp"
#include "tools/export/lists.hpp"
#include "tools/export/model.hpp"
#include "tools/export/runs.hpp"
#include "tools/export/slates.hpp"
#include "tools/terminal/text.hpp"

namespace infodiet::tools {

namespace {

class ExportCommand final : public Command {
 public:
  void setup(CommandSpec& spec) override;
  ExitCode run(const Context& context) override;

 private:
  void require_apart() const;

  std::optional<std::string> safetensors_;
  std::optional<std::string> npy_;
  std::optional<std::string> recommendations_;
  std::optional<std::string> runs_;
  std::optional<std::string> slates_;
  std::optional<std::size_t> k_;
  bool raw_ = false;
  std::optional<std::int64_t> model_;
  FilterOptions filter_;
};

constexpr std::size_t usual_length = 10;

}  // namespace

void ExportCommand::setup(CommandSpec& spec) {
  spec.description =
      "Writes files for other programs: one or more of five kinds. --safetensors and --npy hold the published "
      "model: every parameter of the network, and the item vectors with the ids of their rows. --recommendations "
      "holds everybody's list, ranked, with your own ids. --runs holds a row for every policy of every simulated run, "
      "with its command. --slates holds every kept slate with its probability, as import --slates reads it. A file "
      "appears complete or not at all, and holds no time, path or number of threads: equal models give equal bytes.";
  spec.example = "infodiet export --db world.db --recommendations lists.csv -k 20";
  spec.options.text({.name = "safetensors", .value = "FILE", .help = "the model, for numpy, PyTorch and others"},
                    safetensors_);
  spec.options.text({.name = "npy", .value = "DIR", .help = "the model, one .npy per tensor, ids in items.json"}, npy_);
  spec.options.text({.name = "recommendations", .value = "FILE", .help = "everybody's list, as .csv or .jsonl"},
                    recommendations_);
  spec.options.text({.name = "runs", .value = "FILE", .help = "the return of each policy in every run, as CSV"}, runs_);
  spec.options.text({.name = "slates", .value = "FILE", .help = "every kept slate of every log, as CSV"}, slates_);
  spec.options.integer(
      {.name = "k", .value = "N", .help = fmt::format("length of the lists ({} if not given)", usual_length)}, k_,
      {.minimum = 1, .maximum = 1000000});
  spec.options.flag({.name = "raw", .help = "CSV with unchanged text, even if a spreadsheet would run it as a formula"},
                    raw_);
  add_model_option(spec.options, model_);
  filter_.add_to(spec.options);
}

void ExportCommand::require_apart() const {
  std::map<std::filesystem::path, std::string_view> taken;
  for (const auto& [option, path] : {std::pair("--safetensors", &safetensors_), std::pair("--npy", &npy_),
                                     std::pair("--recommendations", &recommendations_), std::pair("--runs", &runs_),
                                     std::pair("--slates", &slates_)}) {
    if (!*path) continue;
    const auto [other, is_new] = taken.emplace(std::filesystem::weakly_canonical(**path), option);
    if (!is_new)
      throw UsageError(fmt::format("{}: {} is written by {} already", option, printable(**path), other->second));
  }
}

ExitCode ExportCommand::run(const Context& context) {
  if (!safetensors_ && !npy_ && !recommendations_ && !runs_ && !slates_) {
    throw UsageError(
        "export what? give --safetensors FILE, --npy DIR, --recommendations FILE, --runs FILE or --slates FILE");
  }
  require_apart();
  if (k_ && !recommendations_) throw UsageError("-k is the length of lists: give --recommendations FILE too");
  if (recommendations_) list_format(*recommendations_);

  const Console& console = context.console;
  const recsys::Database db(context.shared.database, recsys::OpenMode::read_only);
  const rl::View view(db, rl::Loading::as_needed, model_);
  Json written = Json::array();
  const auto report = [&](const char* what, const std::string& path, std::size_t count, const char* unit) {
    written.push_back({{"what", what}, {"path", path}, {unit, count}});
    if (!console.json()) console.print(fmt::format("{}: {} {} in {}", what, count, unit, printable(path)));
  };

  const recsys::CellText cells = raw_ ? recsys::CellText::raw : recsys::CellText::inert;
  if (safetensors_ || npy_) {
    const recsys::BlendedModel& model = view.require_model();
    const recsys::ItemTable& items = view.items();
    if (safetensors_) {
      export_safetensors(*safetensors_, model, items);
      report("model", *safetensors_, items.size(), "items");
      remember_output(context, "model", *safetensors_);
    }
    if (npy_) {
      export_npy(*npy_, model, items);
      report("model", *npy_, items.size(), "items");
      remember_output(context, "model", *npy_);
    }
  }
  if (recommendations_) {
    engine::ThreadPool pool(context.shared.threads);
    const std::size_t picks = export_lists({.path = *recommendations_,
                                            .k = k_.value_or(usual_length),
                                            .text = cells,
                                            .filter = filter_.filter(view, console)},
                                           view, pool, console);
    report("recommendations", *recommendations_, picks, "picks");
    remember_output(context, "recommendations", *recommendations_);
  }
  if (runs_) {
    const std::size_t rows = export_runs(*runs_, db, cells);
    report("runs", *runs_, rows, "rows");
    if (rows == 0) console.note("there are no runs yet: make one with 'infodiet simulate'");
  }
  if (slates_) {
    report("slates", *slates_, export_slates(*slates_, db, cells), "rows");
    remember_output(context, "slates", *slates_);
  }
  if (console.json()) {
    const Json first = written.front().at("path");
    console.print_json(Json{{"path", first}, {"written", std::move(written)}});
  }
  return ExitCode::done;
}

std::unique_ptr<Command> make_export() {
  return std::make_unique<ExportCommand>();
}

}  // namespace infodiet::tools
