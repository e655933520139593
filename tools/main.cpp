// The program's entry, and the one place that catches: exceptions become advice on standard error and an exit code.
#include <fmt/format.h>

#include <csignal>
#include <exception>
#include <new>
#include <string>
#include <system_error>
#include <vector>

#include "recsys/errors.hpp"
#include "rl/errors.hpp"
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
  // Whoever read our results has had enough of them: nothing went wrong.
  if (error.code() == std::errc::broken_pipe) return static_cast<int>(ExitCode::done);
  return fail(ExitCode::failed, error.what());
}

}  // namespace

int main(int argc, char** argv) {
  const std::vector<std::string> arguments(argv + (argc > 0 ? 1 : 0), argv + argc);
  // A closed pipe is reported by the write that fails, not by a signal that ends a transaction half-way.
  std::signal(SIGPIPE, SIG_IGN);
  try {
    const ExitCode code = infodiet::tools::run_program(arguments);
    infodiet::tools::flush_results();
    return static_cast<int>(code);
  } catch (const infodiet::tools::UsageError& error) {
    return fail(ExitCode::usage, error.what(), usage_advice(arguments));
  } catch (const infodiet::rl::SettingError& error) {
    return fail(ExitCode::usage, error.what(), usage_advice(arguments));
  } catch (const infodiet::tools::Interrupted& error) {
    return fail(ExitCode::interrupted, error.what());
  } catch (const infodiet::recsys::DataError& error) {
    return fail(ExitCode::rejected_input, error.what());
  } catch (const infodiet::recsys::DamagedError& error) {
    return fail(ExitCode::damaged_file, error.what());
  } catch (const std::bad_alloc&) {
    return fail(ExitCode::failed, "out of memory", "Close other programs, or use smaller data or a smaller model.");
  } catch (const std::system_error& error) {
    return fail_system(error);
  } catch (const std::exception& error) {
    return fail(ExitCode::failed, error.what());
  }
}
