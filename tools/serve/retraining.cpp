#include "tools/serve/retraining.hpp"

#include <fcntl.h>
#include <spawn.h>
#include <sys/resource.h>
#include <sys/wait.h>

#include <csignal>
#include <cstring>
#include <vector>

#include "tools/serve/service.hpp"

namespace infodiet::tools::serve {
namespace {

constexpr int lower_priority = 10;

// Starts this program with other arguments. Returns 0 or an error number.
int spawn(const std::vector<std::string>& arguments, pid_t& child) {
  std::vector<char*> pointers;
  pointers.reserve(arguments.size() + 1);
  for (const std::string& argument : arguments) pointers.push_back(const_cast<char*>(argument.c_str()));
  pointers.push_back(nullptr);
  posix_spawn_file_actions_t files;
  posix_spawn_file_actions_init(&files);
  posix_spawn_file_actions_addopen(&files, STDOUT_FILENO, "/dev/null", O_WRONLY, 0);
  const int problem = posix_spawn(&child, "/proc/self/exe", &files, nullptr, pointers.data(), environ);
  posix_spawn_file_actions_destroy(&files);
  return problem;
}

}  // namespace

Retraining::Retraining(std::string database, const Views& views, std::chrono::seconds every)
    : database_(std::move(database)), views_(views), every_(every), thread_([this] { run(); }) {}

Retraining::~Retraining() {
  {
    const std::lock_guard lock(mutex_);
    ending_ = true;
  }
  changed_.notify_all();
  thread_.join();
}

bool Retraining::wait_for(std::chrono::milliseconds time) {
  std::unique_lock lock(mutex_);
  return !changed_.wait_for(lock, time, [&] { return ending_; });
}

void Retraining::run() {
  while (wait_for(every_)) train();
}

void Retraining::train() {
  std::vector<std::string> arguments{"infodiet", "train", "--quiet", "--threads", "1", "--db", database_};
  if (const auto view = views_.current(); view->model) {
    arguments.insert(arguments.end(), {"--from-published", "--holdout", view->model->holdout});
  }
  const auto start = std::chrono::steady_clock::now();
  pid_t child = 0;
  if (const int problem = spawn(arguments, child); problem != 0) {
    log_line({{"event", "retraining_not_started"}, {"error", std::strerror(problem)}});
    return;
  }
  setpriority(PRIO_PROCESS, static_cast<id_t>(child), lower_priority);
  int status = 0;
  while (waitpid(child, &status, WNOHANG) == 0) {
    if (wait_for(std::chrono::milliseconds(200))) continue;
    kill(child, SIGTERM);
    waitpid(child, &status, 0);
    return;
  }
  const std::chrono::duration<double> seconds = std::chrono::steady_clock::now() - start;
  log_line({{"event", "retrained"},
            {"exit_code", WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status)},
            {"seconds", seconds.count()}});
}

}  // namespace infodiet::tools::serve
