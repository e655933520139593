// Row kernels on one thread, over memory that stays in the second-level cache. bytes counts what is read and written;
// its share of memory bandwidth is above 1 where the cache gives more than memory does.
#include <benchmark/benchmark.h>

#include <array>
#include <limits>

#include "engine/kernels/kernels.hpp"
#include "engine/tensor.hpp"
#include "tests/bench/machine.hpp"

namespace infodiet::bench {
namespace {

using engine::kernels::Table;

constexpr std::size_t kernel_rows = 256;

/// Four (rows, cols) matrices and the other arguments of kernels.
struct Memory {
  explicit Memory(std::size_t width) : cols(width) {
    for (engine::Buffer<float>& matrix : matrices) {
      matrix.resize(2 * kernel_rows * cols);
      for (std::size_t i = 0; i < matrix.size(); ++i) matrix[i] = static_cast<float>(i % 97) / 48 - 1;
    }
    vectors.assign(4 * (kernel_rows + cols), 0.5F);
  }
  float* vector(std::size_t i) { return vectors.data() + i * (kernel_rows + cols); }

  std::size_t cols;
  std::array<engine::Buffer<float>, 4> matrices;
  engine::Buffer<float> vectors;
};

using Use = void (*)(const Table<float>& kernel, Memory& memory);

/// `passes` over a (rows, cols) matrix, reading or writing.
void run(benchmark::State& state, Use use, double passes) {
  Memory memory(static_cast<std::size_t>(state.range(0)));
  const Table<float>& kernel = engine::kernels::best<float>();
  for (auto _ : state) {
    use(kernel, memory);
    benchmark::ClobberMemory();
  }
  const double elements = static_cast<double>(kernel_rows * memory.cols);
  state.SetItemsProcessed(static_cast<std::int64_t>(static_cast<double>(state.iterations()) * elements));
  count_bytes(state, passes * sizeof(float) * elements, 1);
}

void layer_norm(const Table<float>& kernel, Memory& m) {
  kernel.layer_norm({m.matrices[0].data(), kernel_rows, m.cols}, {m.vector(0), m.vector(1)}, 1e-5F,
                    m.matrices[1].data(), {m.vector(2), m.vector(3)});
}
void layer_norm_backward(const Table<float>& kernel, Memory& m) {
  kernel.layer_norm_backward({m.matrices[0].data(), kernel_rows, m.cols}, m.matrices[1].data(), m.vector(0),
                             {m.vector(1), m.vector(1)}, m.matrices[2].data(), {m.vector(2), m.vector(3)});
}
void gelu(const Table<float>& kernel, Memory& m) {
  kernel.gelu(m.matrices[0].data(), m.matrices[1].data(), kernel_rows * m.cols);
}
void gelu_backward(const Table<float>& kernel, Memory& m) {
  kernel.gelu_backward(m.matrices[0].data(), m.matrices[1].data(), m.matrices[2].data(), kernel_rows * m.cols);
}
void swiglu(const Table<float>& kernel, Memory& m) {
  kernel.swiglu(m.matrices[0].data(), kernel_rows, m.cols, m.matrices[1].data());
}
void swiglu_backward(const Table<float>& kernel, Memory& m) {
  kernel.swiglu_backward(m.matrices[0].data(), m.matrices[1].data(), kernel_rows, m.cols, m.matrices[2].data());
}
void softmax(const Table<float>& kernel, Memory& m) {
  for (std::size_t r = 0; r < kernel_rows; ++r) {
    float largest = -std::numeric_limits<float>::infinity();
    float total = 0;
    kernel.softmax_tile(m.matrices[0].data() + r * m.cols, m.cols, &largest, &total);
  }
}
void cross_entropy(const Table<float>& kernel, Memory& m) {
  for (std::size_t r = 0; r < kernel_rows; ++r)
    kernel.cross_entropy(m.matrices[0].data() + r * m.cols, m.cols, 1, 1e-3F);
}
void dropout(const Table<float>& kernel, Memory& m) {
  kernel.dropout({.seed = 1, .step = 1, .site = 1, .threshold = 6554, .scale = 65536.0 / (65536 - 6554)}, {},
                 {m.matrices[0].data(), kernel_rows, m.cols}, m.matrices[1].data());
}
void adam(const Table<float>& kernel, Memory& m) {
  kernel.adam({.learning_rate = 1e-3,
               .beta1 = 0.9,
               .beta2 = 0.98,
               .epsilon = 1e-8,
               .weight_decay = 0,
               .correction1 = 0.1,
               .correction2 = 0.02,
               .gradient_scale = 1},
              m.matrices[0].data(), m.matrices[1].data(), m.matrices[2].data(), m.matrices[3].data(),
              kernel_rows * m.cols);
}
void transpose(const Table<float>& kernel, Memory& m) {
  kernel.transpose(m.matrices[0].data(), kernel_rows, m.cols, m.cols, m.matrices[1].data());
}

#define INFODIET_KERNEL(name, passes) BENCHMARK_CAPTURE(run, name, name, passes)->Arg(50)->Arg(64)->ArgName("cols")
INFODIET_KERNEL(layer_norm, 2);
INFODIET_KERNEL(layer_norm_backward, 3);
INFODIET_KERNEL(gelu, 2);
INFODIET_KERNEL(gelu_backward, 3);
INFODIET_KERNEL(swiglu, 3);
INFODIET_KERNEL(swiglu_backward, 5);
INFODIET_KERNEL(softmax, 2);
INFODIET_KERNEL(cross_entropy, 2);
INFODIET_KERNEL(dropout, 2);
INFODIET_KERNEL(adam, 7);
INFODIET_KERNEL(transpose, 2);
#undef INFODIET_KERNEL

}  // namespace
}  // namespace infodiet::bench
