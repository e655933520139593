#include "engine/paged_memory.hpp"

#include <sys/mman.h>

#include <array>
#include <mutex>
#include <vector>

namespace infodiet::engine {

namespace {

constexpr std::align_val_t cache_line{64};
constexpr std::size_t most_kept = std::size_t{16} << 20;
constexpr std::size_t sizes = 128;  // of up to a mebibyte

std::size_t steps_of(std::size_t bytes) {
  return (bytes + paged_step - 1) / paged_step;
}

/// Unused memory, by size in steps.
struct Kept {
  std::mutex mutex;
  std::array<std::vector<void*>, sizes + 1> by_steps;
  std::size_t bytes = 0;

  void* take(std::size_t steps) {
    const std::lock_guard lock(mutex);
    if (steps > sizes || by_steps[steps].empty()) return nullptr;
    void* memory = by_steps[steps].back();
    by_steps[steps].pop_back();
    bytes -= steps * paged_step;
    return memory;
  }
  bool keep(void* memory, std::size_t steps) {
    const std::lock_guard lock(mutex);
    if (steps > sizes || bytes + steps * paged_step > most_kept) return false;
    try {
      by_steps[steps].push_back(memory);
    } catch (const std::bad_alloc&) {
      return false;
    }
    bytes += steps * paged_step;
    return true;
  }
};

// Never destroyed: static objects may return buffers after it would be.
Kept& kept() {
  static Kept& all = *new Kept;
  return all;
}

}  // namespace

void* take_pages(std::size_t bytes) noexcept {
  if (bytes < paged_step) return ::operator new(bytes, cache_line, std::nothrow);
  const std::size_t steps = steps_of(bytes);
  if (void* memory = kept().take(steps)) return memory;
  void* memory = mmap(nullptr, steps * paged_step, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  return memory == MAP_FAILED ? nullptr : memory;
}

void give_pages_back(void* memory, std::size_t bytes) noexcept {
  if (bytes < paged_step) return ::operator delete(memory, cache_line);
  const std::size_t steps = steps_of(bytes);
  if (!kept().keep(memory, steps)) munmap(memory, steps * paged_step);
}

}  // namespace infodiet::engine
