// Memory for long-lived buffers of many sizes, such as key-value caches of histories, which would fragment the heap.
// Each gets whole pages, which are reused.
#pragma once

#include <cstddef>
#include <memory>
#include <new>
#include <utility>

#include "engine/errors.hpp"

namespace infodiet::engine {

/// Buffers of at least this many bytes are rounded up to a multiple of it; smaller ones come from the heap.
constexpr std::size_t paged_step = 8192;

/// At least `bytes` bytes, aligned to a cache line or more; null if there is no memory. Thread-safe.
void* take_pages(std::size_t bytes) noexcept;
/// Returns memory from take_pages; `bytes` must be the same. Up to 16 MiB are kept for reuse, the rest goes back to the
/// system. Thread-safe.
void give_pages_back(void* memory, std::size_t bytes) noexcept;

/// Growth leaves numbers uninitialised, like that of engine::Buffer.
template <class T>
class PagedAllocator {
 public:
  using value_type = T;

  PagedAllocator() = default;
  template <class U>
  PagedAllocator(const PagedAllocator<U>&) noexcept {}  // NOLINT: allocators convert implicitly

  /// Throws MemoryError.
  T* allocate(std::size_t n) {
    void* memory = take_pages(n * sizeof(T));
    if (memory == nullptr) throw MemoryError(n * sizeof(T), "numbers");
    return static_cast<T*>(memory);
  }
  void deallocate(T* p, std::size_t n) noexcept { give_pages_back(p, n * sizeof(T)); }
  template <class U>
  void construct(U* p) noexcept {
    ::new (static_cast<void*>(p)) U;
  }
  template <class U, class... Args>
  void construct(U* p, Args&&... args) {
    std::construct_at(p, std::forward<Args>(args)...);
  }
  friend bool operator==(const PagedAllocator&, const PagedAllocator&) { return true; }
};

}  // namespace infodiet::engine
