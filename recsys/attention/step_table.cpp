#include "recsys/attention/step_table.hpp"

#include <algorithm>
#include <numeric>

namespace infodiet::recsys {

namespace {

constexpr std::size_t parts = 16;

}  // namespace

StepTable::StepTable(engine::ThreadPool& pool, engine::Communicator& processes, TrainingState& state)
    : pool_(pool), processes_(processes), state_(state), set_(state.catalogue()) {
  const engine::Matrix<float>& own = state.weights().items;
  own_gradient_.resize({own.shape(0) + (processes.is_alone() ? 0U : 1U), own.shape(1)});
  std::fill(own_gradient_.begin(), own_gradient_.end(), 0.0F);
}

void StepTable::read_all(std::uint32_t step) {
  is_whole_ = true;
  fetch(step);
}

void StepTable::read(std::uint32_t step, std::span<const std::span<std::uint32_t>> items) {
  const std::size_t named = std::accumulate(items.begin(), items.end(), std::size_t{0},
                                            [](std::size_t sum, const auto& list) { return sum + list.size(); });
  is_whole_ = named >= state_.catalogue();
  if (!is_whole_) {
    set_.clear();
    for (const std::span<std::uint32_t> list : items) set_.add(list);
    set_.sort();
    for (const std::span<std::uint32_t> list : items) {
      for (std::uint32_t& item : list) item = set_.position_of(item);
    }
  }
  fetch(step);
}

// The rows of this process from the state, those of the others from them.
void StepTable::fetch(std::uint32_t step) {
  bounds_ = is_whole_ ? engine::bounds_of(processes_, state_.catalogue())
                      : engine::bounds_in(processes_, state_.catalogue(), set_.numbers());
  const std::size_t first_item = state_.own().begin;
  const engine::Matrix<float>& items = state_.weights().items;
  const std::size_t width = items.shape(1);
  const AttributeVectors* const attributes = state_.attributes();
  engine::Matrix<float>& gradient = this->gradient();
  gradient.resize({bounds_.back(), width});
  std::fill(gradient.begin(), gradient.end(), 0.0F);
  if (is_state_itself() && attributes == nullptr) return;
  table_.resize({bounds_.back(), width});
  pool_.run(parts, [&](std::size_t part, std::size_t) {
    const engine::Range range = engine::part_of(own().end - own().begin, parts, part);
    for (std::size_t row = own().begin + range.begin; row < own().begin + range.end; ++row) {
      const std::size_t item = item_of(row);
      const float* const from = &items(item - first_item, 0);
      if (attributes != nullptr) {
        attributes->write_row(item, step, from, &table_(row, 0));
      } else {
        std::copy_n(from, width, &table_(row, 0));
      }
    }
  });
  if (processes_.is_alone()) return;
  engine::gather_rows_everywhere(processes_, engine::Traffic::weights, engine::MatrixSpan<float>(table_), bounds_);
}

engine::MatrixSpan<const float> StepTable::rows() const {
  if (is_state_itself() && state_.attributes() == nullptr) return state_.weights().items;
  return table_;
}

void StepTable::finish(std::uint32_t step) {
  const std::size_t width = own_gradient_.shape(1);
  const engine::Range items = state_.own();
  if (!is_state_itself()) {
    std::fill(own_gradient_.begin(), own_gradient_.end(), 0.0F);
    for (std::size_t row = own().begin; row < own().end; ++row) {
      std::copy_n(&gradient_(row, 0), width, &own_gradient_(item_of(row) - items.begin, 0));
    }
  }
  AttributeVectors* const attributes = state_.attributes();
  if (attributes == nullptr) return;
  attributes->backward(pool_, step, engine::MatrixSpan<float>(own_gradient_).rows_from(0, items.end - items.begin),
                       processes_);
}

}  // namespace infodiet::recsys
