#include "tools/cli/entry.hpp"

#include <fmt/format.h>

#include <unistd.h>

#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <new>
#include <stdexcept>
#include <string>
#include <string_view>
#include <system_error>
#include <vector>

#include "engine/blas_setup.hpp"
#include "engine/errors.hpp"
#include "recsys/errors.hpp"
#include "recsys/suggest.hpp"
#include "tools/cli/command_table.hpp"
#include "tools/cli/errors.hpp"
#include "tools/cli/program.hpp"
#include "tools/terminal/console.hpp"

namespace {

using infodiet::tools::ExitCode;

int fail(ExitCode code, std::string_view what, std::string_view advice = {}) {
  infodiet::tools::print_failure(what, advice);
  return static_cast<int>(code);
}

std::string usage_advice(const std::vector<std::string>& arguments) {
  const bool known = !arguments.empty() && infodiet::tools::find_command(arguments.front()) != nullptr;
  return known ? fmt::format("See 'infodiet {} --help'.", arguments.front())
               : "See 'infodiet help' for the list of commands.";
}

int fail_system(const std::system_error& error) {
  // The reader of our output has closed the pipe: not an error.
  if (error.code() == std::errc::broken_pipe) return static_cast<int>(ExitCode::done);
  if (error.code() == std::errc::resource_unavailable_try_again) {
    return fail(ExitCode::failed,
                fmt::format("the system refused a thread that is needed ({}): allow more (ulimit -u), or use fewer "
                            "--threads",
                            error.what()));
  }
  return fail(ExitCode::failed, error.what());
}

/// The command line, for messages when memory has run out.
std::string_view asked = "infodiet";

/// Allocates no memory.
void say_out_of_memory(const std::exception& error) {
  const bool tells = dynamic_cast<const infodiet::MemoryError*>(&error) != nullptr;
  const std::string_view parts[] = {
      "infodiet: ", tells ? error.what() : "no memory for the requested work", ", in '", asked,
      "'\nClose other programs, allow more (ulimit -v), use smaller data or a smaller model, or fewer --threads.\n"};
  std::fflush(stdout);
  for (const std::string_view part : parts) std::fwrite(part.data(), 1, part.size(), stderr);
}

/// Destructors may allocate too, like those of JSON; if that fails, no exception reaches main.
[[noreturn]] void end_without_memory() {
  try {
    if (const std::exception_ptr error = std::current_exception()) std::rethrow_exception(error);
  } catch (const std::bad_alloc& error) {
    say_out_of_memory(error);
    _exit(static_cast<int>(ExitCode::failed));
  } catch (...) {  // a bug: abort, which leaves a core dump
  }
  std::abort();
}

// Before anything else allocates memory.
[[gnu::init_priority(101)]] const struct Net {
  Net() { std::set_terminate(end_without_memory); }
} net;

int run(const std::vector<std::string>& arguments, infodiet::engine::Communicator& processes) {
  try {
    const ExitCode code = infodiet::tools::run_program(arguments, processes);
    infodiet::tools::flush_results();
    return static_cast<int>(code);
  } catch (const infodiet::tools::UsageError& error) {
    return fail(ExitCode::usage, error.what(), usage_advice(arguments));
  } catch (const infodiet::recsys::SettingError& error) {
    return fail(ExitCode::usage, error.what() + infodiet::recsys::suggestion(error.given(), error.known()),
                usage_advice(arguments));
  } catch (const infodiet::tools::Interrupted& error) {
    return fail(ExitCode::interrupted, error.what());
  } catch (const infodiet::recsys::DataError& error) {
    return fail(ExitCode::rejected_input, error.what());
  } catch (const infodiet::recsys::DamagedError& error) {
    return fail(ExitCode::damaged_file, error.what());
  } catch (const std::bad_alloc&) {
    throw;
  } catch (const std::length_error&) {  // more than can ever be allocated
    throw;
  } catch (const std::system_error& error) {
    return fail_system(error);
  } catch (const std::exception& error) {
    return fail(ExitCode::failed, error.what());
  }
}

}  // namespace

int infodiet::tools::enter(int argc, char** argv, engine::Communicator& processes) {
  // A closed pipe and a file at its limit are reported by the failing write, not by a signal that ends a transaction
  // half-way.
  std::signal(SIGPIPE, SIG_IGN);
  std::signal(SIGXFSZ, SIG_IGN);
  try {
    infodiet::engine::set_up_blas();
    if (const auto* command = argc > 1 ? infodiet::tools::find_command(argv[1]) : nullptr) asked = command->name;
    return run({argv + (argc > 0 ? 1 : 0), argv + argc}, processes);
  } catch (const std::exception& error) {
    say_out_of_memory(error);
    return static_cast<int>(ExitCode::failed);
  }
}
