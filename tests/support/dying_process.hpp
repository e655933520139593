// A child process that dies at a writing system call of SQLite's, as a process does that is killed or loses its power
// supply between two of them: for tests of what a file is then.
#pragma once

#include <sqlite3.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstddef>
#include <exception>
#include <stdexcept>

namespace infodiet::test {

namespace detail {

inline long writes_left = 0;

inline void count_write() {
  if (--writes_left < 0) _exit(1);
}

inline ssize_t counted_write(int file, const void* data, std::size_t size) {
  count_write();
  return write(file, data, size);
}
inline ssize_t counted_pwrite(int file, const void* data, std::size_t size, off_t offset) {
  count_write();
  return pwrite(file, data, size, offset);
}
inline int counted_ftruncate(int file, off_t size) {
  count_write();
  return ftruncate(file, size);
}
inline int counted_unlink(const char* path) {
  count_write();
  return unlink(path);
}

template <class F>
void replace(sqlite3_vfs* vfs, const char* name, F* function) {
  // Whether SQLite uses write, pwrite or pwrite64 depends on its build.
  if (vfs->xGetSystemCall(vfs, name) == nullptr) return;
  vfs->xSetSystemCall(vfs, name, reinterpret_cast<sqlite3_syscall_ptr>(function));
}

}  // namespace detail

/// Runs `work` in a child process that is ended before its writing system call number `writes`, from 0. Returns whether
/// it finished instead; throws if it threw.
template <class Work>
bool survives(long writes, Work&& work) {
  const pid_t child = fork();
  if (child < 0) throw std::runtime_error("cannot fork");
  if (child == 0) {
    sqlite3_vfs* const vfs = sqlite3_vfs_find(nullptr);
    detail::writes_left = writes;
    detail::replace(vfs, "write", detail::counted_write);
    detail::replace(vfs, "pwrite", detail::counted_pwrite);
    detail::replace(vfs, "pwrite64", detail::counted_pwrite);
    detail::replace(vfs, "ftruncate", detail::counted_ftruncate);
    detail::replace(vfs, "unlink", detail::counted_unlink);
    try {
      work();
    } catch (const std::exception&) {
      _exit(2);
    }
    _exit(0);
  }
  int status = 0;
  if (waitpid(child, &status, 0) != child || !WIFEXITED(status) || WEXITSTATUS(status) == 2) {
    throw std::runtime_error("the child process failed by itself");
  }
  return WEXITSTATUS(status) == 0;
}

}  // namespace infodiet::test
