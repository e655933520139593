// The gallery's program: trains small networks from scratch on tasks far from recommendation and draws what they attend
// to. Catches all exceptions.
#include <fmt/format.h>

#include <algorithm>
#include <cstdio>
#include <exception>
#include <filesystem>

#include "engine/blas_setup.hpp"
#include "engine/io/atomic_file.hpp"
#include "recsys/suggest.hpp"
#include "tools/cli/errors.hpp"
#include "tools/cli/exit_code.hpp"
#include "tools/cli/help.hpp"
#include "tools/cli/options.hpp"
#include "tools/gallery/gallery.hpp"
#include "tools/terminal/console.hpp"
#include "tools/terminal/text.hpp"

namespace {

using namespace infodiet;
using tools::ExitCode;

struct Settings {
  std::vector<std::string> tasks;
  std::string folder = "gallery";
  std::uint64_t seed = 1;
  std::uint64_t seeds = 1;
  std::size_t threads = 0;
  bool help = false;
};

tools::OptionSet options_of(Settings& settings) {
  tools::OptionSet options;
  options.positional(
      {.value = "TASK...",
       .help = fmt::format("which tasks to run (default all): {}", fmt::join(gallery::task_names(), ", "))},
      settings.tasks);
  options.text({.name = "out", .value = "DIR", .help = "folder for the pictures, made if missing"}, settings.folder);
  options.integer({.name = "seed", .value = "N", .help = "seed of weights and examples"}, settings.seed);
  options.integer({.name = "seeds", .value = "N", .help = "train each task with so many seeds from --seed on"},
                  settings.seeds, {.minimum = 1, .maximum = 100});
  options.integer({.name = "threads", .value = "N", .help = "threads to work with; 0: one for each processor"},
                  settings.threads, {.minimum = 0, .maximum = 1024});
  options.flag({.name = "help", .letter = 'h', .help = "show this"}, settings.help);
  return options;
}

void print_help(const tools::OptionSet& options, const tools::Console& console) {
  const std::size_t width = std::min<std::size_t>(console.width(), 96);
  std::vector<tools::OptionSet::Option> listed{*options.positional()};
  listed.insert(listed.end(), options.options().begin(), options.options().end());
  console.print(fmt::format(
      "Usage: attention_gallery [TASK...] [options]\n\n{}\n\nOptions:\n{}\nExample:\n  attention_gallery dates story "
      "--out pictures",
      tools::wrap("Trains small attention networks from random weights on generated examples, prints the share of "
                  "unseen examples that they answer correctly, compared with the same network without attention, and "
                  "writes a page for each task, DIR/TASK.html, that shows what was attended to, and DIR/index.html, "
                  "which has the first picture of each and links to them.",
                  width, 0),
      tools::option_list(listed, width)));
}

void run(const Settings& settings, const tools::Console& console) {
  const std::vector<std::string> known = gallery::task_names();
  for (const std::string& name : settings.tasks) {
    if (std::find(known.begin(), known.end(), name) != known.end()) continue;
    throw tools::UsageError(fmt::format("there is no task '{}'{}; there are {}", tools::printable(name),
                                        recsys::suggestion(name, known), fmt::join(known, ", ")));
  }
  std::filesystem::create_directories(settings.folder);
  engine::ThreadPool pool(settings.threads);
  console.print(fmt::format("{:<10}  {:>4}  {:>14}  {:>8}  {:>7}  {}", "task", "seed", "with attention", "without",
                            "seconds", "picture"));
  std::vector<gallery::Card> cards;
  for (const std::string& name : settings.tasks.empty() ? known : settings.tasks) {
    const auto task = gallery::make_task(name);
    for (std::uint64_t i = 0; i < settings.seeds; ++i) {
      const std::uint64_t seed = settings.seed + i;
      const std::filesystem::path picture = i == 0 ? std::filesystem::path(settings.folder) / (name + ".html") : "";
      const gallery::Card card = gallery::run_task(*task, seed, pool, picture);
      console.print(fmt::format("{:<10}  {:>4}  {:>12.1f} %  {:>6.1f} %  {:>7.1f}  {}", name, seed,
                                100 * card.with_attention, 100 * card.without_attention, card.seconds,
                                picture.string()));
      tools::flush_results();
      if (i == 0) cards.push_back(card);
    }
  }
  const std::filesystem::path index = std::filesystem::path(settings.folder) / "index.html";
  engine::write_file(index, gallery::index_page(cards));
  console.note(fmt::format("all of them: {}", index.string()));
}

int fail(ExitCode code, std::string_view what) {
  fmt::print(stderr, "attention_gallery: {}\n", tools::printable_lines(what));
  return static_cast<int>(code);
}

}  // namespace

int main(int argc, char** argv) {
  engine::set_up_blas();
  const std::vector<std::string> arguments(argv + (argc > 0 ? 1 : 0), argv + argc);
  try {
    Settings settings;
    const tools::OptionSet options = options_of(settings);
    options.parse(arguments);
    const tools::Console console({});
    if (settings.help) {
      print_help(options, console);
    } else {
      run(settings, console);
    }
    tools::flush_results();
    return static_cast<int>(ExitCode::done);
  } catch (const tools::UsageError& error) {
    return fail(ExitCode::usage, fmt::format("{}\nSee 'attention_gallery --help'.", error.what()));
  } catch (const std::exception& error) {
    return fail(ExitCode::failed, error.what());
  }
}
