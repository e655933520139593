#include "engine/blas_setup.hpp"

#include <sys/mman.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <mutex>
#include <utility>

#include "engine/errors.hpp"

// Declared here because OpenBLAS's own cblas.h clashes with the one inside xtensor-blas. The dynamic functions exist
// only where OpenBLAS chooses its kernels at run time.
extern "C" {
void openblas_set_num_threads(int threads);
char* openblas_get_corename();
[[gnu::weak]] void gotoblas_dynamic_init();
[[gnu::weak]] void gotoblas_dynamic_quit();
[[gnu::weak]] void* blas_memory_alloc(int position);
[[gnu::weak]] void blas_memory_free(void* buffer);
}

namespace infodiet::engine {

namespace {

constexpr auto choice_variable = "OPENBLAS_CORETYPE";

// The best kernels that this machine can run, or null if OpenBLAS's fallback is right.
const char* fitting_kernels() {
#if defined(__x86_64__)
  if (__builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512dq") &&
      __builtin_cpu_supports("avx512vl")) {
    return "SkylakeX";
  }
  if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma")) return "Haswell";
#endif
  return nullptr;
}

// The most that OpenBLAS maps at once for a thread, on any processor (its BUFFER_SIZE).
constexpr std::size_t blas_buffer = std::size_t{128} << 20;

// The most that a thread maps at once when it starts: its heap, of which the C library then returns a half.
constexpr std::size_t room_of_a_thread = std::size_t{128} << 20;

bool can_map(std::size_t bytes) {
  void* memory = mmap(nullptr, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (memory == MAP_FAILED) return false;
  munmap(memory, bytes);
  return true;
}

// Threads beyond this number get no buffer here; OpenBLAS has its own limit.
constexpr std::size_t most_threads = 512;

// Buffers that OpenBLAS has mapped, one for each thread that multiplies, so that no product has to map one. In arrays,
// because a thread's first product may come when memory has run out.
struct Buffers {
  std::mutex mutex;
  std::array<void*, most_threads> known{};
  std::size_t count = 0;
  std::size_t threads = 0;
  bool asked = false;

  bool knows(void* buffer) const {
    return std::find(known.begin(), known.begin() + count, buffer) != known.begin() + count;
  }
};
constinit Buffers buffers;

// A buffer taken from OpenBLAS, returned at the end.
struct Held {
  std::array<void*, most_threads> taken;
  std::size_t count = 0;

  Held() = default;
  Held(const Held&) = delete;
  Held& operator=(const Held&) = delete;
  ~Held() {
    while (count > 0) blas_memory_free(taken[--count]);
  }
  void* take() { return taken[count++] = blas_memory_alloc(0); }
};

bool maps_buffers() {
  return blas_memory_alloc != nullptr && blas_memory_free != nullptr;
}

// Whether OpenBLAS has a buffer for each of so many threads, after mapping those that are missing. While the mutex is
// held.
bool map_buffers(std::size_t threads) {
  // The first to ask is alone. Later another thread may take memory between the question and OpenBLAS's mapping.
  const std::size_t room = std::exchange(buffers.asked, true) ? room_of_a_thread : 0;
  Held held;  // holds the free buffers, so that OpenBLAS must map a new one
  while (buffers.count < std::min(threads, most_threads)) {
    if (!can_map(blas_buffer + room)) return false;
    void* buffer = held.take();
    if (!buffers.knows(buffer)) buffers.known[buffers.count++] = buffer;
  }
  return true;
}

thread_local bool multiplies = false;

// Held by each thread that multiplies, for its lifetime.
class Multiplier {
 public:
  Multiplier() {
    const std::lock_guard lock(buffers.mutex);
    if (!map_buffers(buffers.threads + 1)) throw MemoryError(blas_buffer, "a thread that multiplies matrices");
    ++buffers.threads;
    multiplies = true;
  }
  ~Multiplier() {
    const std::lock_guard lock(buffers.mutex);
    --buffers.threads;
  }
  Multiplier(const Multiplier&) = delete;
  Multiplier& operator=(const Multiplier&) = delete;
};

}  // namespace

void reserve_blas_memory() {
  if (maps_buffers()) thread_local const Multiplier multiplier;
}

std::size_t reserve_blas_memory(std::size_t threads) {
  if (!maps_buffers()) return threads;
  const std::lock_guard lock(buffers.mutex);
  const std::size_t others = buffers.threads - (multiplies ? 1 : 0);
  return map_buffers(others + threads) ? threads : buffers.count - std::min(buffers.count, others);
}

void set_up_blas() {
  const char* kernels = fitting_kernels();
  const bool can_choose = gotoblas_dynamic_init != nullptr && gotoblas_dynamic_quit != nullptr;
  if (kernels != nullptr && can_choose && blas_kernels() == "Prescott" && std::getenv(choice_variable) == nullptr) {
    setenv(choice_variable, kernels, 1);
    gotoblas_dynamic_quit();
    gotoblas_dynamic_init();
    unsetenv(choice_variable);
  }
  openblas_set_num_threads(1);
}

std::string blas_kernels() {
  return openblas_get_corename();
}

}  // namespace infodiet::engine
