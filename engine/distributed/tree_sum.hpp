// Sums of arrays along one fixed balanced tree, whose leaves are shared out among the processes of a job: the same bits
// for any number of processes and threads, and only the top of the tree crosses the network.
#pragma once

#include <span>
#include <vector>

#include "engine/distributed/collectives.hpp"

namespace infodiet::engine {

/// Keeps its buffers between sums.
template <class T>
class TreeSum {
 public:
  /// A tree of so many leaves, a power of two: every inner node is the sum of its left and its right half. `processes`
  /// must outlive it.
  TreeSum(Communicator& processes, std::size_t leaves);

  /// Which leaves this process has.
  Range own_leaves() const { return part_of(leaves_, processes_->size(), processes_->rank()); }

  /// Adds up the leaves, arrays of bounds.back() numbers, which are changed. `own` are those of this process, and each
  /// process gets the sum's numbers from bounds[p] to bounds[p + 1]. Alone the sum is in the first leaf; the result is
  /// valid until the next call. All processes call it together.
  const T* add_up(ThreadPool& pool, Traffic kind, std::span<T* const> own, const Bounds& bounds);

 private:
  void exchange(Traffic kind, std::span<T* const> own, const Bounds& bounds);

  Communicator* processes_;
  std::size_t leaves_;
  std::vector<Range> nodes_;        // the largest nodes that each process has all leaves of, process by process
  std::vector<std::size_t> first_;  // (processes + 1) where each process's begin in nodes_
  std::vector<T*> terms_;           // (leaves) what is added, at the first leaf of its node; null elsewhere
  Buffer<T> received_;
};

}  // namespace infodiet::engine
