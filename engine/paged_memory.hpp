// Memory for buffers that are kept for a while and come in many sizes, as what was read of histories. Among everything
// else they would cut the heap to pieces; here they have whole pages, which go from one to the next.
#pragma once

#include <cstddef>
#include <memory>
#include <new>
#include <utility>

#include "engine/errors.hpp"

namespace infodiet::engine {

/// Sizes of buffers are rounded up to this many bytes, where they are not smaller.
constexpr std::size_t paged_step = 8192;

/// Aligned to a cache line at least; null where there is none. For any number of threads.
void* take_pages(std::size_t bytes) noexcept;
/// `bytes` as it was taken with. Up to 16 MiB are kept for the next to take; the system gets the rest.
void give_pages_back(void* memory, std::size_t bytes) noexcept;

/// Growth leaves numbers uninitialised, as that of engine::Buffer.
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
