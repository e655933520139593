#include "tests/faults/faulty_disk.hpp"

#include <dlfcn.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <exception>
#include <stdexcept>
#include <string>
#include <vector>

namespace infodiet::test {
namespace {

constexpr int status_failed = 2;
constexpr int status_died = 3;

// The bytes that a write not synced yet has replaced.
struct Before {
  std::string path;
  off_t offset;
  std::vector<char> bytes;
  off_t size;
};

struct State {
  bool active = false;
  FaultPlan plan;
  long calls = 0;
  bool* reached = nullptr;
  std::vector<Before> unsynced = {};
};
State state;

template <class F>
F* next(const char* name) {
  return reinterpret_cast<F*>(dlsym(RTLD_NEXT, name));
}

std::string path_of(int file) {
  char target[4096];
  const ssize_t length = readlink(("/proc/self/fd/" + std::to_string(file)).c_str(), target, sizeof target);
  return length > 0 ? std::string(target, static_cast<std::size_t>(length)) : std::string();
}

bool is_regular(int file) {
  struct stat status {};
  return fstat(file, &status) == 0 && S_ISREG(status.st_mode);
}

void remember(int file, off_t offset, std::size_t size) {
  struct stat status {};
  if (state.plan.fault != Fault::power_cut || fstat(file, &status) != 0) return;
  Before before{.path = path_of(file), .offset = offset, .bytes = std::vector<char>(size), .size = status.st_size};
  const ssize_t got = pread(file, before.bytes.data(), size, offset);
  before.bytes.resize(got > 0 ? static_cast<std::size_t>(got) : 0);
  state.unsynced.push_back(std::move(before));
}

void forget_synced(int file) {
  const std::string path = path_of(file);
  std::erase_if(state.unsynced, [&](const Before& before) { return before.path == path; });
}

[[noreturn]] void cut_power() {
  state.active = false;
  for (auto before = state.unsynced.rbegin(); before != state.unsynced.rend(); ++before) {
    const int file = open(before->path.c_str(), O_WRONLY | O_CLOEXEC);
    if (file < 0) continue;
    const ssize_t written = pwrite(file, before->bytes.data(), before->bytes.size(), before->offset);
    if (written < 0 || ftruncate(file, before->size) != 0) _exit(status_failed);
    close(file);
  }
  _exit(status_died);
}

// Whether the call is refused, with errno set.
enum class Call { read, write, sync };
bool refused(Call kind) {
  if (!state.active) return false;
  if (state.plan.fault == Fault::power_cut && kind != Call::sync) return false;
  if ((state.plan.fault == Fault::read_error) != (kind == Call::read)) return false;
  const long call = state.calls++;
  if (call != state.plan.at && !(state.plan.sticky && call > state.plan.at)) return false;
  *state.reached = true;
  switch (state.plan.fault) {
    case Fault::killed:
      _exit(status_died);
    case Fault::power_cut:
      cut_power();
    case Fault::io_error:
    case Fault::read_error:
      errno = EIO;
      return true;
    case Fault::disk_full:
      errno = ENOSPC;
      return true;
  }
  return true;
}

int sync_with(const char* name, int file) {
  if (refused(Call::sync)) return -1;
  const int result = next<int(int)>(name)(file);
  if (state.active) forget_synced(file);
  return result;
}

}  // namespace

Ended run_with(const FaultPlan& plan, const std::function<void()>& work, bool& reached) {
  int told[2];
  if (pipe(told) != 0) throw std::runtime_error("cannot make a pipe");
  const pid_t child = fork();
  if (child < 0) throw std::runtime_error("cannot fork");
  if (child == 0) {
    bool* const flag = new bool(false);
    state = {.active = true, .plan = plan, .reached = flag};
    int status = 0;
    try {
      work();
    } catch (const std::exception&) {
      status = status_failed;
    }
    state.active = false;
    const char answer = *flag ? 'y' : 'n';
    if (write(told[1], &answer, 1) != 1) status = status_failed;
    _exit(status);
  }
  close(told[1]);
  char answer = 'y';  // a child that died at the fault has sent nothing
  if (read(told[0], &answer, 1) < 0) answer = 'y';
  close(told[0]);
  reached = answer == 'y';
  int status = 0;
  if (waitpid(child, &status, 0) != child || !WIFEXITED(status)) throw std::runtime_error("the child process crashed");
  switch (WEXITSTATUS(status)) {
    case 0:
      return Ended::done;
    case status_died:
      return Ended::died;
    default:
      return Ended::failed;
  }
}

}  // namespace infodiet::test

// These replace the C library's functions in this program and the libraries that it is linked with.
extern "C" {

ssize_t write(int file, const void* data, std::size_t size) {
  namespace t = infodiet::test;
  const bool counts = t::state.active && t::is_regular(file);
  if (counts && t::refused(t::Call::write)) return -1;
  if (counts) t::remember(file, lseek(file, 0, SEEK_CUR), size);
  return t::next<ssize_t(int, const void*, std::size_t)>("write")(file, data, size);
}

ssize_t pwrite(int file, const void* data, std::size_t size, off_t offset) {
  namespace t = infodiet::test;
  if (t::refused(t::Call::write)) return -1;
  if (t::state.active) t::remember(file, offset, size);
  return t::next<ssize_t(int, const void*, std::size_t, off_t)>("pwrite")(file, data, size, offset);
}

ssize_t pread64(int file, void* data, std::size_t size, off64_t offset) {
  namespace t = infodiet::test;
  if (t::refused(t::Call::read)) return -1;
  return t::next<ssize_t(int, void*, std::size_t, off64_t)>("pread64")(file, data, size, offset);
}

ssize_t pwrite64(int file, const void* data, std::size_t size, off64_t offset) {
  return pwrite(file, data, size, offset);
}

int ftruncate(int file, off_t size) noexcept {
  namespace t = infodiet::test;
  if (t::refused(t::Call::write)) return -1;
  struct stat status {};
  if (t::state.active && fstat(file, &status) == 0 && size < status.st_size) {
    t::remember(file, size, static_cast<std::size_t>(status.st_size - size));
  }
  return t::next<int(int, off_t)>("ftruncate")(file, size);
}

int ftruncate64(int file, off64_t size) noexcept {
  return ftruncate(file, size);
}

int fsync(int file) {
  return infodiet::test::sync_with("fsync", file);
}

int fdatasync(int file) {
  return infodiet::test::sync_with("fdatasync", file);
}

int unlink(const char* path) noexcept {
  namespace t = infodiet::test;
  if (t::refused(t::Call::write)) return -1;
  return t::next<int(const char*)>("unlink")(path);
}

int renameat2(int from_folder, const char* from, int to_folder, const char* to, unsigned flags) noexcept {
  namespace t = infodiet::test;
  if (t::refused(t::Call::write)) return -1;
  return t::next<int(int, const char*, int, const char*, unsigned)>("renameat2")(from_folder, from, to_folder, to,
                                                                                 flags);
}
}
