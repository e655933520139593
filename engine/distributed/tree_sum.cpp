#include "engine/distributed/tree_sum.hpp"

#include <algorithm>

#include "engine/kernels/kernels.hpp"

namespace infodiet::engine {

namespace {

constexpr std::size_t parts = 16;

// Appends the largest nodes below `node` that lie within `own`.
void add_nodes(const Range& node, const Range& own, std::vector<Range>& nodes) {
  if (node.end <= own.begin || node.begin >= own.end) return;
  if (node.begin >= own.begin && node.end <= own.end) return nodes.push_back(node);
  const std::size_t middle = (node.begin + node.end) / 2;
  add_nodes({node.begin, middle}, own, nodes);
  add_nodes({middle, node.end}, own, nodes);
}

// Adds up the numbers `range` of the terms, as many as a power of two, into the first that is not null; null if none
// is.
template <class T>
T* sum_of(std::span<T* const> terms, const Range& range) {
  if (terms.size() == 1) return terms.front();
  T* const left = sum_of(terms.first(terms.size() / 2), range);
  const T* const right = sum_of(terms.subspan(terms.size() / 2), range);
  if (left == nullptr || right == nullptr) return left;
  kernels::best<T>().add(left + range.begin, right + range.begin, range.end - range.begin);
  return left;
}

template <class T>
void sum_in_parts(ThreadPool& pool, std::span<T* const> terms, std::size_t size) {
  pool.run(parts, [&](std::size_t part, std::size_t) { sum_of(terms, part_of(size, parts, part)); });
}

}  // namespace

template <class T>
TreeSum<T>::TreeSum(Communicator& processes, std::size_t leaves)
    : processes_(&processes), leaves_(leaves), first_{0}, terms_(leaves) {
  for (std::size_t p = 0; p < processes.size(); ++p) {
    add_nodes({0, leaves}, part_of(leaves, processes.size(), p), nodes_);
    first_.push_back(nodes_.size());
  }
}

template <class T>
const T* TreeSum<T>::add_up(ThreadPool& pool, Traffic kind, std::span<T* const> own, const Bounds& bounds) {
  const std::size_t me = processes_->rank();
  const std::size_t first_leaf = own_leaves().begin;
  for (std::size_t n = first_[me]; n < first_[me + 1]; ++n) {
    const Range& node = nodes_[n];
    sum_in_parts<T>(pool, own.subspan(node.begin - first_leaf, node.end - node.begin), bounds.back());
  }
  if (processes_->is_alone()) return own.front();
  exchange(kind, own, bounds);
  sum_in_parts<T>(pool, terms_, bounds[me + 1] - bounds[me]);
  return terms_.front();
}

// Everybody gets its stretch of every node.
template <class T>
void TreeSum<T>::exchange(Traffic kind, std::span<T* const> own, const Bounds& bounds) {
  const std::size_t me = processes_->rank();
  const std::size_t stretch = bounds[me + 1] - bounds[me];
  const std::size_t first_leaf = own_leaves().begin;
  std::fill(terms_.begin(), terms_.end(), nullptr);
  received_.resize(nodes_.size() * stretch);
  std::vector<Communicator::Outgoing> out;
  std::vector<Communicator::Incoming> in;
  for (std::size_t p = 0; p < processes_->size(); ++p) {
    for (std::size_t n = first_[p]; n < first_[p + 1]; ++n) {
      if (p == me) {
        terms_[nodes_[n].begin] = own[nodes_[n].begin - first_leaf] + bounds[me];
        continue;
      }
      terms_[nodes_[n].begin] = received_.data() + n * stretch;
      in.push_back({p, std::as_writable_bytes(std::span<T>(terms_[nodes_[n].begin], stretch))});
    }
    if (p == me) continue;
    for (std::size_t n = first_[me]; n < first_[me + 1]; ++n) {
      const T* const of_node = own[nodes_[n].begin - first_leaf];
      out.push_back({p, std::as_bytes(std::span<const T>(of_node + bounds[p], bounds[p + 1] - bounds[p]))});
    }
  }
  processes_->exchange(kind, out, in);
}

template class TreeSum<float>;
template class TreeSum<double>;

}  // namespace infodiet::engine
