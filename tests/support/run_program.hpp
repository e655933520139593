// Runs a program as a user would and captures its output: for command-line tests.
#pragma once

#include <fcntl.h>
#include <pty.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <optional>
#include <string>
#include <system_error>
#include <thread>
#include <utility>
#include <vector>

namespace infodiet::test {

enum class OutputTo {
  files,        ///< captured apart
  terminal,     ///< both on one terminal of 80 columns; arrives in `out`, with its line ends as \n
  closed_pipe,  ///< standard output is a pipe that nobody reads; standard error is captured
};

struct RunOptions {
  std::string input = {};                                             ///< standard input
  std::string folder = {};                                            ///< where it runs; empty: here
  std::vector<std::pair<std::string, std::string>> environment = {};  ///< set, or unset where the value is empty
  OutputTo output = OutputTo::files;
  std::optional<std::chrono::milliseconds> signal_after = {};  ///< if it still runs then
  int signal = SIGKILL;
};

struct ProgramRun {
  int exit_code = -1;  ///< 128 + signal where a signal ended it
  std::string out = {};
  std::string err = {};
};

namespace detail {

[[noreturn]] inline void fail(const char* what) {
  throw std::system_error(errno, std::generic_category(), what);
}

// A file without a name, gone when it is closed.
class Scratch {
 public:
  Scratch() : file_(std::tmpfile()) {
    if (file_ == nullptr) fail("tmpfile");
  }
  ~Scratch() { std::fclose(file_); }
  Scratch(const Scratch&) = delete;
  Scratch& operator=(const Scratch&) = delete;

  int descriptor() const { return fileno(file_); }
  void write(const std::string& text) {
    if (std::fwrite(text.data(), 1, text.size(), file_) != text.size()) fail("fwrite");
    std::rewind(file_);
  }
  std::string read() {
    std::string text;
    std::rewind(file_);
    for (std::array<char, 4096> block{};;) {
      const std::size_t count = std::fread(block.data(), 1, block.size(), file_);
      if (count == 0) return text;
      text.append(block.data(), count);
    }
  }

 private:
  std::FILE* file_;
};

// In the child: executes the program, or exits with 127.
[[noreturn]] inline void become(const std::vector<std::string>& command, const RunOptions& options) {
  for (const auto& [name, value] : options.environment) {
    if (value.empty()) {
      unsetenv(name.c_str());
    } else {
      setenv(name.c_str(), value.c_str(), 1);
    }
  }
  if (!options.folder.empty() && chdir(options.folder.c_str()) != 0) _exit(127);
  std::vector<char*> arguments;
  arguments.reserve(command.size() + 1);
  for (const std::string& argument : command) arguments.push_back(const_cast<char*>(argument.c_str()));
  arguments.push_back(nullptr);
  std::signal(SIGPIPE, SIG_DFL);
  execvp(arguments[0], arguments.data());
  _exit(127);
}

inline int wait_for(pid_t child, const RunOptions& options) {
  const auto deadline = std::chrono::steady_clock::now() + options.signal_after.value_or(std::chrono::milliseconds(0));
  bool pending = options.signal_after.has_value();
  for (int status = 0;;) {
    const pid_t ended = waitpid(child, &status, pending ? WNOHANG : 0);
    if (ended == child) return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
    if (ended < 0 && errno != EINTR) fail("waitpid");
    if (pending && std::chrono::steady_clock::now() >= deadline) {
      kill(child, options.signal);
      pending = false;
    } else if (pending) {
      std::this_thread::sleep_for(std::chrono::milliseconds(1));
    }
  }
}

inline ProgramRun run_on_terminal(const std::vector<std::string>& command, const RunOptions& options) {
  winsize size{};
  size.ws_row = 24;
  size.ws_col = 80;
  int terminal = -1;
  const pid_t child = forkpty(&terminal, nullptr, nullptr, &size);
  if (child < 0) fail("forkpty");
  if (child == 0) become(command, options);
  ProgramRun run;
  for (std::array<char, 4096> block{};;) {
    const ssize_t count = read(terminal, block.data(), block.size());
    if (count <= 0) break;  // the program has closed its side
    run.out.append(block.data(), static_cast<std::size_t>(count));
  }
  run.exit_code = wait_for(child, options);
  close(terminal);
  std::erase(run.out, '\r');
  return run;
}

}  // namespace detail

/// Runs `command` (its first word is looked up in PATH) and waits for its end. Throws std::system_error if it cannot be
/// started at all; a program that is not there exits with 127.
inline ProgramRun run_program(const std::vector<std::string>& command, const RunOptions& options = {}) {
  if (options.output == OutputTo::terminal) return detail::run_on_terminal(command, options);
  detail::Scratch in;
  detail::Scratch out;
  detail::Scratch err;
  in.write(options.input);
  const pid_t child = fork();
  if (child < 0) detail::fail("fork");
  if (child == 0) {
    int result = out.descriptor();
    if (options.output == OutputTo::closed_pipe) {
      std::array<int, 2> ends{};
      if (pipe(ends.data()) != 0) _exit(127);
      close(ends[0]);
      result = ends[1];
    }
    dup2(in.descriptor(), STDIN_FILENO);
    dup2(result, STDOUT_FILENO);
    dup2(err.descriptor(), STDERR_FILENO);
    detail::become(command, options);
  }
  ProgramRun run;
  run.exit_code = detail::wait_for(child, options);
  run.out = out.read();
  run.err = err.read();
  return run;
}

}  // namespace infodiet::test
