// A library to be preloaded into a program under test (LD_PRELOAD), which then suffers the faults that the environment
// sets:
//   INFODIET_FAULT_FROM=N     the N-th allocation with new, from 1, and all after it fail
//   INFODIET_FAULT_AT=N       the N-th fails, those after it do not
//   INFODIET_FAULT_THREADS=N  N threads start, no more
//   INFODIET_FAULT_COUNT=FILE the number of allocations is written there at the end
#include <dlfcn.h>
#include <pthread.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <cstddef>
#include <cstdio>
#include <cstdlib>
#include <new>

namespace {

std::atomic<long> allocations{0};

long number_in(const char* variable) {
  const char* value = std::getenv(variable);
  return value == nullptr ? 0 : std::atol(value);
}

bool fails() {
  static const long from = number_in("INFODIET_FAULT_FROM");
  static const long at = number_in("INFODIET_FAULT_AT");
  const long number = ++allocations;
  return number == at || (from > 0 && number >= from);
}

void* allocate(std::size_t size, std::size_t alignment) {
  if (fails()) return nullptr;
  if (alignment <= alignof(std::max_align_t)) return std::malloc(size == 0 ? 1 : size);
  return std::aligned_alloc(alignment, (size + alignment - 1) / alignment * alignment + (size == 0 ? alignment : 0));
}

void* allocate_or_throw(std::size_t size, std::size_t alignment) {
  if (void* memory = allocate(size, alignment)) return memory;
  throw std::bad_alloc();
}

struct Report {
  ~Report() {
    const char* path = std::getenv("INFODIET_FAULT_COUNT");
    if (path == nullptr) return;
    if (std::FILE* file = std::fopen(path, "w")) {
      std::fprintf(file, "%ld", allocations.load());
      std::fclose(file);
    }
  }
} report;

}  // namespace

void* operator new(std::size_t size) {
  return allocate_or_throw(size, 1);
}
void* operator new(std::size_t size, const std::nothrow_t&) noexcept {
  return allocate(size, 1);
}
void* operator new(std::size_t size, std::align_val_t alignment) {
  return allocate_or_throw(size, static_cast<std::size_t>(alignment));
}
void* operator new(std::size_t size, std::align_val_t alignment, const std::nothrow_t&) noexcept {
  return allocate(size, static_cast<std::size_t>(alignment));
}
void operator delete(void* memory) noexcept {
  std::free(memory);
}
void operator delete(void* memory, std::size_t) noexcept {
  std::free(memory);
}
void operator delete(void* memory, std::align_val_t) noexcept {
  std::free(memory);
}
void operator delete(void* memory, std::size_t, std::align_val_t) noexcept {
  std::free(memory);
}

extern "C" int pthread_create(pthread_t* thread, const pthread_attr_t* attributes, void* (*start)(void*),
                              void* argument) {
  static const auto real = reinterpret_cast<decltype(&pthread_create)>(dlsym(RTLD_NEXT, "pthread_create"));
  static const bool limited = std::getenv("INFODIET_FAULT_THREADS") != nullptr;
  static std::atomic<long> startable{number_in("INFODIET_FAULT_THREADS")};
  return !limited || startable-- > 0 ? real(thread, attributes, start, argument) : EAGAIN;
}
