// The tensor types of the engine, named once. Shape letters used in every comment:
//   T tokens of a ragged batch (all sequences end to end)   B sequences   L length of one sequence
//   D width   H heads   V items of the catalogue            K slate or list length
// Deliberately no expression types: results are materialised into these, never kept as `auto` expressions.
#pragma once

#include <cstddef>
#include <memory>
#include <new>
#include <span>
#include <vector>

#include <xtensor/xadapt.hpp>
#include <xtensor/xtensor.hpp>

#include "engine/errors.hpp"

namespace infodiet::engine {

/// Cache-line aligned memory whose growth leaves numbers uninitialised: a buffer is always written before it is read.
template <class T>
class BufferAllocator {
 public:
  using value_type = T;
  static constexpr std::align_val_t alignment{64};

  BufferAllocator() = default;
  template <class U>
  BufferAllocator(const BufferAllocator<U>&) noexcept {}  // NOLINT: allocators convert implicitly

  /// Throws MemoryError.
  T* allocate(std::size_t n) {
    void* memory = ::operator new(n * sizeof(T), alignment, std::nothrow);
    if (memory == nullptr) throw MemoryError(n * sizeof(T), "numbers");
    return static_cast<T*>(memory);
  }
  void deallocate(T* p, std::size_t) noexcept { ::operator delete(p, alignment); }
  template <class U>
  void construct(U* p) noexcept {
    ::new (static_cast<void*>(p)) U;
  }
  template <class U, class... Args>
  void construct(U* p, Args&&... args) {
    std::construct_at(p, std::forward<Args>(args)...);
  }
  friend bool operator==(const BufferAllocator&, const BufferAllocator&) { return true; }
};

/// A contiguous buffer of BufferAllocator.
template <class T>
using Buffer = std::vector<T, BufferAllocator<T>>;

/// A row-major xtensor of fixed rank. Unlike `xt::xtensor`, resizing to anything it once held allocates nothing:
/// ragged batches change size every step, and a training step after the first must not allocate.
template <class T, std::size_t N>
using Tensor = xt::xtensor_container<Buffer<T>, N, xt::layout_type::row_major>;

/// Tensors of rank 1 and 2.
template <class T>
using Vector = Tensor<T, 1>;
template <class T>
using Matrix = Tensor<T, 2>;

/// An xtensor view of memory owned elsewhere.
template <class T, std::size_t N>
using TensorView = xt::xtensor_adaptor<xt::xbuffer_adaptor<T*, xt::no_ownership>, N, xt::layout_type::row_major>;

}  // namespace infodiet::engine
