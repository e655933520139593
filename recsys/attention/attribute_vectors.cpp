#include "recsys/attention/attribute_vectors.hpp"

#include <algorithm>
#include <span>
#include <utility>

#include "engine/distributed/tree_sum.hpp"
#include "engine/errors.hpp"
#include "engine/kernels/kernels.hpp"
#include "engine/random.hpp"
#include "recsys/store/digest.hpp"

namespace infodiet::recsys {

namespace {

constexpr std::size_t vector_parts = 16;

SparseRows means(SparseRows rows) {
  for (std::size_t item = 0; item + 1 < rows.offsets.size(); ++item) {
    float sum = 0;
    for (std::size_t e = rows.offsets[item]; e < rows.offsets[item + 1]; ++e) sum += rows.entries[e].value;
    for (std::size_t e = rows.offsets[item]; e < rows.offsets[item + 1]; ++e) rows.entries[e].value /= sum;
  }
  return rows;
}

SparseRows transposed(const SparseRows& rows, std::size_t columns) {
  SparseRows turned;
  turned.offsets.assign(columns + 1, 0);
  for (const SparseRows::Entry& entry : rows.entries) ++turned.offsets[entry.column + 1];
  for (std::size_t c = 0; c < columns; ++c) turned.offsets[c + 1] += turned.offsets[c];
  std::vector<std::size_t> next(turned.offsets.begin(), turned.offsets.end() - 1);
  turned.entries.resize(rows.entries.size());
  for (std::size_t r = 0; r + 1 < rows.offsets.size(); ++r) {
    for (const auto& [column, value] : rows.row(r)) {
      turned.entries[next[column]++] = {static_cast<ItemIndex>(r), value};
    }
  }
  return turned;
}

}  // namespace

AttributeVectors::AttributeVectors(const SparseRows& attributes, std::size_t width, const Options& options,
                                   engine::Matrix<float> imported)
    : options_(options), of_item_(means(attributes)), imported_(std::move(imported)) {
  if (!(options.dropout >= 0 && options.dropout < 1)) {
    throw Error("attribute vectors: dropout must be at least 0 and below 1");
  }
  std::size_t count = 0;
  for (const SparseRows::Entry& entry : attributes.entries) count = std::max<std::size_t>(count, entry.column + 1);
  of_attribute_ = transposed(of_item_, count);
  known_.assign(of_item_.offsets.size() - 1, 0);
  for (std::size_t item = 0; item < known_.size(); ++item) {
    const std::span<const float> row = imported_row(item);
    const bool has_vector = std::any_of(row.begin(), row.end(), [](float value) { return value != 0; });
    known_[item] = has_vector || !of_item_.row(item).empty() ? 1 : 0;
  }
  vectors_.resize({count + imported_.shape(1), width});
  gradient_.resize(vectors_.shape());
  // Streams of step 1 are the item vectors'.
  engine::RandomStream stream(options.seed, engine::Purpose::initialise, 2);
  constexpr double deviation = 0.02;
  for (float& value : vectors_) value = static_cast<float>(deviation * stream.normal());
}

bool AttributeVectors::dropped(std::size_t item, std::uint32_t step) const {
  if (options_.dropout == 0 || !knows(item)) return false;
  // Nothing else of a training draws for this purpose.
  engine::RandomStream stream(options_.seed, engine::Purpose::examples, step, static_cast<std::uint32_t>(item));
  return stream.uniform() < options_.dropout;
}

std::span<const float> AttributeVectors::imported_row(std::size_t item) const {
  return {imported_.data() + item * imported_.shape(1), imported_.shape(1)};
}

void AttributeVectors::add_shared(const engine::Matrix<float>& vectors, std::size_t item, float* row) const {
  const auto& kernels = engine::kernels::best<float>();
  for (const auto& [attribute, weight] : of_item_.row(item)) {
    kernels.add_scaled(row, weight, &vectors(attribute, 0), vectors.shape(1));
  }
  const std::span<const float> imported = imported_row(item);
  const std::size_t first = vectors.shape(0) - imported.size();
  for (std::size_t d = 0; d < imported.size(); ++d) {
    kernels.add_scaled(row, imported[d], &vectors(first + d, 0), vectors.shape(1));
  }
}

std::string AttributeVectors::digest() const {
  Digest digest;
  digest.add(std::span(of_item_.offsets)).add(std::span(of_item_.entries));
  digest.add(std::span(imported_.data(), imported_.size()));
  return digest.hex();
}

void AttributeVectors::apply(engine::ThreadPool& pool, engine::MatrixSpan<const float> own,
                             const engine::Matrix<float>& vectors, engine::Matrix<float>& table,
                             std::size_t first) const {
  table.resize({own.rows, own.cols});
  pool.run(vector_parts, [&](std::size_t part, std::size_t) {
    const engine::Range range = engine::part_of(own.rows, vector_parts, part);
    for (std::size_t row = range.begin; row < range.end; ++row) {
      std::copy_n(own.row(row), own.cols, &table(row, 0));
      add_shared(vectors, first + row, &table(row, 0));
    }
  });
}

void AttributeVectors::write_row(std::size_t item, std::uint32_t step, const float* own, float* row) const {
  const std::size_t width = vectors_.shape(1);
  if (dropped(item, step)) {
    std::fill_n(row, width, 0.0F);
  } else {
    std::copy_n(own, width, row);
  }
  add_shared(vectors_, item, row);
}

// Of the items of an eighth, of whose rows the first is `first`.
void AttributeVectors::add_gradient(engine::ThreadPool& pool, engine::MatrixSpan<const float> dtable, std::size_t first,
                                    float* sums) const {
  const std::size_t width = vectors_.shape(1);
  const std::size_t attributes = of_attribute_.offsets.size() - 1;
  pool.run(vector_parts, [&](std::size_t part, std::size_t) {
    const engine::Range range = engine::part_of(vectors_.shape(0), vector_parts, part);
    std::fill(sums + range.begin * width, sums + range.end * width, 0.0F);
    const std::size_t begin = std::max(range.begin, attributes);
    for (std::size_t row = 0; begin < range.end && row < dtable.rows; ++row) {
      if (knows(first + row)) add_projected(first + row, {begin, range.end}, dtable.row(row), sums);
    }
    for (std::size_t attribute = range.begin; attribute < std::min(range.end, attributes); ++attribute) {
      const auto items = of_attribute_.row(attribute);
      auto entry = std::lower_bound(items.begin(), items.end(), first,
                                    [](const SparseRows::Entry& one, std::size_t item) { return one.column < item; });
      for (; entry != items.end() && entry->column < first + dtable.rows; ++entry) {
        engine::kernels::best<float>().add_scaled(sums + attribute * width, entry->value,
                                                  dtable.row(entry->column - first), width);
      }
    }
  });
}

// Of the vectors of `range`, which are rows of the projection.
void AttributeVectors::add_projected(std::size_t item, engine::Range range, const float* drow, float* sums) const {
  const std::size_t width = vectors_.shape(1);
  const std::size_t attributes = of_attribute_.offsets.size() - 1;
  const std::span<const float> imported = imported_row(item);
  for (std::size_t vector = range.begin; vector < range.end; ++vector) {
    engine::kernels::best<float>().add_scaled(sums + vector * width, imported[vector - attributes], drow, width);
  }
}

void AttributeVectors::backward(engine::ThreadPool& pool, std::uint32_t step, engine::MatrixSpan<float> dtable,
                                engine::Communicator& processes) {
  const std::size_t width = vectors_.shape(1);
  const std::size_t catalogue = of_item_.offsets.size() - 1;
  const std::size_t first = processes.share().of_size(catalogue).begin;
  engine::TreeSum<float> sum(processes, 8);
  const engine::Range own = sum.own_leaves();
  partial_.resize((own.end - own.begin) * gradient_.size());
  std::vector<float*> leaves;
  for (std::size_t eighth = own.begin; eighth < own.end; ++eighth) {
    leaves.push_back(partial_.data() + (eighth - own.begin) * gradient_.size());
    const engine::Range items = engine::part_of(catalogue, 8, eighth);
    add_gradient(pool, dtable.rows_from(items.begin - first, items.end - items.begin), items.begin, leaves.back());
  }
  const engine::Bounds bounds = engine::bounds_of(processes, gradient_.size());
  const std::size_t begin = bounds[processes.rank()];
  const float* const own_sum = sum.add_up(pool, engine::Traffic::gradients, leaves, bounds);
  std::copy_n(own_sum, bounds[processes.rank() + 1] - begin, gradient_.data() + begin);
  engine::gather_everywhere(processes, engine::Traffic::gradients, std::span<float>(gradient_.data(), gradient_.size()),
                            bounds);
  pool.run(vector_parts, [&](std::size_t part, std::size_t) {
    const engine::Range range = engine::part_of(dtable.rows, vector_parts, part);
    for (std::size_t row = range.begin; row < range.end; ++row) {
      if (dropped(first + row, step)) std::fill_n(dtable.row(row), width, 0.0F);
    }
  });
}

}  // namespace infodiet::recsys
