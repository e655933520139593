// A training step after the first allocates nothing, a long sequence takes memory in proportion to its length, and no
// memory is reserved for weights that a file only claims to hold. This program counts every use of the global operator
// new.
#include <gtest/gtest.h>

#include <atomic>
#include <cstdlib>
#include <new>

#include "engine/errors.hpp"
#include "engine/io/npy.hpp"
#include "engine/io/safetensors.hpp"
#include "engine/layers/embedding.hpp"
#include "engine/losses/catalogue_cross_entropy.hpp"
#include "engine/optim/adamw.hpp"
#include "engine/optim/gradient_norm.hpp"
#include "engine/transformer/transformer.hpp"
#include "tests/support/temporary_folder.hpp"
#include "tests/support/tensors.hpp"

namespace {

std::atomic<std::size_t> allocations{0};
std::atomic<std::size_t> allocated_bytes{0};

void* counted_or_null(std::size_t size, std::size_t alignment) noexcept {
  ++allocations;
  allocated_bytes += size;
  const std::size_t rounded = (size + alignment - 1) / alignment * alignment;
  return std::aligned_alloc(alignment, rounded == 0 ? alignment : rounded);
}

void* counted(std::size_t size, std::size_t alignment) {
  if (void* memory = counted_or_null(size, alignment)) return memory;
  throw std::bad_alloc();
}

}  // namespace

void* operator new(std::size_t size) {
  return counted(size, alignof(std::max_align_t));
}
void* operator new(std::size_t size, std::align_val_t alignment) {
  return counted(size, static_cast<std::size_t>(alignment));
}
// A sanitizer has a nothrow operator of its own, which does not call the one above.
void* operator new(std::size_t size, std::align_val_t alignment, const std::nothrow_t&) noexcept {
  return counted_or_null(size, static_cast<std::size_t>(alignment));
}
void operator delete(void* memory) noexcept {
  std::free(memory);
}
void operator delete(void* memory, std::size_t) noexcept {
  std::free(memory);
}
void operator delete(void* memory, std::align_val_t) noexcept {
  std::free(memory);
}
void operator delete(void* memory, std::size_t, std::align_val_t) noexcept {
  std::free(memory);
}

namespace infodiet::engine {
namespace {

class Training {
 public:
  explicit Training(const TransformerOptions& options)
      : positions_(layout_, "positions", 100, options.width),
        table_(layout_.add_matrix("items", 50, options.width, Initialiser::normal(1))),
        stack_(layout_, "stack", options),
        parameters_(initialise<float>(layout_, 1)),
        gradients_(layout_),
        optimiser_(layout_.size(), {}) {}

  void step(std::uint32_t number, const std::vector<std::size_t>& offsets) {
    const Ragged batch(offsets, std::span<const std::int64_t>(times_).first(offsets.back()));
    const engine::Run<float> run{
        parameters_, workspace_, {.mode = Mode::train, .seed = 1, .step = number}, &gradients_};
    const std::span<const std::uint32_t> items(items_.data(), batch.tokens());
    gradients_.clear();
    Matrix<float>& x = stack_.input(cache_);
    gather_rows<float>(parameters_.matrix(table_), items, 1, x);
    positions_.forward(parameters_, batch, x);
    stack_.forward(run, batch, cache_, y_);
    dy_.resize(y_.shape());
    loss_.forward_backward(pool_, y_, parameters_.matrix(table_), items, dy_, gradients_.matrix(table_));
    stack_.backward(run, batch, cache_, dy_);
    positions_.backward(batch, dy_, gradients_);
    scatter_add_rows<float>(pool_, dy_, items, 1, gradients_.matrix(table_));
    const double norm = sum_of_squares<float>(pool_, gradients_.flat());
    optimiser_.update(pool_, parameters_.flat(), gradients_.flat(), 1e-3, clip_scale(norm, 1));
  }

 private:
  ThreadPool pool_{2};
  ParameterLayout layout_;
  LearnedPositions<float> positions_;
  ParameterHandle table_;
  Transformer<float> stack_;
  Parameters<float> parameters_;
  Parameters<float> gradients_;
  AdamW<float> optimiser_;
  CatalogueCrossEntropy<float> loss_;
  Transformer<float>::Cache cache_;
  Workspace<float> workspace_;
  Matrix<float> y_;
  Matrix<float> dy_;
  std::vector<std::uint32_t> items_ = std::vector<std::uint32_t>(200, 3);
  std::vector<std::int64_t> times_ = std::vector<std::int64_t>(200, 1);
};

void expect_no_allocation(const TransformerOptions& options) {
  Training training(options);
  const auto largest = test::offsets_of({100, 0, 70, 5});
  const auto smaller = test::offsets_of({3, 90});
  training.step(0, largest);
  const std::size_t before = allocations;
  EXPECT_GT(before, 0U);
  training.step(1, largest);
  training.step(2, smaller);
  training.step(3, largest);
  EXPECT_EQ(allocations - before, 0U);
}

TEST(TrainingStep, AllocatesNothingAfterTheFirst) {
  for (const BlockKind kind : {BlockKind::pre_norm, BlockKind::post_norm, BlockKind::gated, BlockKind::hstu}) {
    SCOPED_TRACE(testing::Message() << "kind " << static_cast<int>(kind));
    expect_no_allocation(
        {.width = 16,
         .blocks = 2,
         .heads = 2,
         .ffn_width = 32,
         .dropout = 0.1,
         .attention_dropout = 0.1,
         .kind = kind,
         .positions = {.rotary_longest = 100, .relative = {.count = 16}, .intervals = Intervals::biased}});
  }
}

/// Bytes allocated by one forward and backward pass over a single sequence, everything included.
std::size_t bytes_of_pass(std::size_t length) {
  ParameterLayout layout;
  const SelfAttention<float> attention(layout, "a",
                                       {.width = 16, .heads = 1, .positions = {.relative = {.count = 32}}});
  const auto parameters = initialise<float>(layout, 1);
  Parameters<float> gradients(layout);
  const std::vector<std::size_t> offsets{0, length};
  const Ragged batch(offsets);
  const auto x = test::random_matrix<float>(length, 16, 1);
  const std::size_t before = allocated_bytes;
  SelfAttention<float>::Cache cache;
  Workspace<float> workspace;
  const engine::Run<float> run{parameters, workspace, {}, &gradients};
  Matrix<float> y;
  attention.forward(run, batch, x, cache, y);
  Matrix<float> dx = y;
  attention.backward(run, batch, x, cache, dx);
  const std::size_t bytes = allocated_bytes - before;
  for (const Matrix<float>* m : {&y, &dx}) {
    for (const float value : *m) EXPECT_TRUE(std::isfinite(value));
  }
  return bytes;
}

TEST(LongSequence, TakesMemoryInProportionToItsLength) {
  const std::size_t shorter = bytes_of_pass(4096);
  const std::size_t longer = bytes_of_pass(16384);
  EXPECT_LT(longer, 4.1 * static_cast<double>(shorter));
  // The scores alone, all at once, would take 1 GiB.
  EXPECT_LT(longer, std::size_t{32} << 20);
}

TEST(HostileWeights, GetNoMemoryForWhatTheyClaimToHold) {
  const test::TemporaryFolder folder;
  const auto with_length = [](std::uint64_t length, std::size_t bytes, const std::string& rest) {
    return std::string(reinterpret_cast<const char*>(&length), bytes) + rest;
  };
  const std::string shape = R"({"a": {"dtype": "F32", "shape": [1000000000], "data_offsets": [0, 4000000000]}})";
  const std::string header = "{'descr': '<f4', 'fortran_order': False, 'shape': (1000000000,), }";
  const std::string many = folder.write("many.safetensors", with_length(shape.size(), 8, shape));
  const std::string headed = folder.write("headed.safetensors", with_length(15 << 20, 8, "{}"));
  const std::string array = folder.write("array.npy", "\x93NUMPY\x01" + with_length(header.size() << 8, 3, header));
  const std::string named = folder.write("named.npy", "\x93NUMPY\x02" + with_length(std::uint64_t{1} << 35, 5, header));
  const std::size_t before = allocated_bytes;
  EXPECT_THROW(SafetensorsFile{many}, FileError);
  EXPECT_THROW(SafetensorsFile{headed}, FileError);
  EXPECT_THROW(read_npy<float>(array), FileError);
  EXPECT_THROW(read_npy<float>(named), FileError);
  EXPECT_LT(allocated_bytes - before, std::size_t{1} << 18);
}

}  // namespace
}  // namespace infodiet::engine
