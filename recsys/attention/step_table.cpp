#include "recsys/attention/step_table.hpp"

#include <algorithm>
#include <numeric>

namespace infodiet::recsys {

namespace {

constexpr std::size_t table_parts = 16;

}  // namespace

StepTable::StepTable(engine::ThreadPool& pool, engine::Communicator& processes, TrainingState& state)
    : pool_(pool), processes_(processes), state_(state), set_(state.catalogue()) {}

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

void StepTable::read_with_own(std::uint32_t step, std::span<std::uint32_t> items) {
  if (!processes_.is_alone()) {
    read(step, {&items, 1});
  } else {
    is_whole_ = true;
    fetch(step);
  }
  if (is_whole_ || state_.attributes() == nullptr) return;
  const engine::Range own = state_.own();
  own_table_.resize(own_gradient_.shape());
  pool_.run(table_parts, [&](std::size_t part, std::size_t) {
    const engine::Range range = engine::part_of(own.end - own.begin, table_parts, part);
    for (std::size_t row = range.begin; row < range.end; ++row) write_row(step, own.begin + row, &own_table_(row, 0));
  });
}

engine::MatrixSpan<const float> StepTable::own_rows() const {
  if (state_.attributes() == nullptr) return state_.weights().items;
  if (!is_whole_) return own_table_;
  return engine::MatrixSpan<const float>(table_).rows_from(own().begin, own().end - own().begin);
}

// Of an own item.
void StepTable::write_row(std::uint32_t step, std::size_t item, float* row) const {
  const engine::Matrix<float>& items = state_.weights().items;
  const float* const from = &items(item - state_.own().begin, 0);
  if (const AttributeVectors* const attributes = state_.attributes()) {
    attributes->write_row(item, step, from, row);
  } else {
    std::copy_n(from, items.shape(1), row);
  }
}

// The rows of this process from the state, those of the others from them.
void StepTable::fetch(std::uint32_t step) {
  bounds_ = is_whole_ ? engine::bounds_of(processes_, state_.catalogue())
                      : engine::bounds_in(processes_, state_.catalogue(), set_.numbers());
  const std::size_t width = state_.weights().items.shape(1);
  own_gradient_.resize(state_.weights().items.shape());
  std::fill(own_gradient_.begin(), own_gradient_.end(), 0.0F);
  if (!has_all()) {
    gradient_.resize({bounds_.back(), width});
    std::fill(gradient_.begin(), gradient_.end(), 0.0F);
  }
  if (has_all() && state_.attributes() == nullptr) return;
  table_.resize({bounds_.back(), width});
  pool_.run(table_parts, [&](std::size_t part, std::size_t) {
    const engine::Range range = engine::part_of(own().end - own().begin, table_parts, part);
    for (std::size_t row = own().begin + range.begin; row < own().begin + range.end; ++row) {
      write_row(step, item_of(row), &table_(row, 0));
    }
  });
  if (processes_.is_alone()) return;
  engine::gather_rows_everywhere(processes_, engine::Traffic::weights, engine::MatrixSpan<float>(table_), bounds_);
}

engine::MatrixSpan<const float> StepTable::rows() const {
  if (has_all() && state_.attributes() == nullptr) return state_.weights().items;
  return table_;
}

void StepTable::take_own_gradient() {
  if (has_all()) return;
  for (std::size_t row = own().begin; row < own().end; ++row) {
    std::copy_n(&own_gradient_(item_of(row) - state_.own().begin, 0), gradient_.shape(1), &gradient_(row, 0));
  }
}

void StepTable::finish(std::uint32_t step) {
  if (!has_all()) {
    for (std::size_t row = own().begin; row < own().end; ++row) {
      std::copy_n(&gradient_(row, 0), gradient_.shape(1), &own_gradient_(item_of(row) - state_.own().begin, 0));
    }
  }
  if (AttributeVectors* const attributes = state_.attributes()) {
    attributes->backward(pool_, step, own_gradient_, processes_);
  }
}

std::span<float> StepTable::own_numbers_with_room() {
  const std::size_t rows = state_.own().end - state_.own().begin;
  own_gradient_.resize({rows + (processes_.is_alone() ? 0U : 1U), own_gradient_.shape(1)});
  return {own_gradient_.data(), own_gradient_.size()};
}

}  // namespace infodiet::recsys
