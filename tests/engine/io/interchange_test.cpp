// Weights between us and numpy, in both directions, and the same outputs from PyTorch's attention. Skipped if Python
// lacks them.
#include <fmt/format.h>
#include <gtest/gtest.h>
#include <sys/wait.h>

#include <cstdlib>
#include <utility>

#include "engine/attention/self_attention.hpp"
#include "engine/io/npy.hpp"
#include "engine/io/safetensors.hpp"
#include "tests/support/temporary_folder.hpp"
#include "tests/support/tensors.hpp"

namespace infodiet::engine {
namespace {

constexpr int skipped = 77;

/// The exit code of tests/engine/io/interchange.py.
int run_python(const std::string& arguments) {
  const std::string command = fmt::format("{} '{}' {}", INFODIET_PYTHON, INFODIET_INTERCHANGE, arguments);
  const int status = std::system(command.c_str());
  return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

template <class T>
class Interchange : public testing::Test {
 protected:
  Interchange()
      : attention(layout, "a", {.width = 8, .heads = 2, .mask = Mask::causal}),
        parameters(test::random_parameters<T>(layout, 1)) {
    const auto tensors = named_tensors(layout, std::as_const(parameters));
    write_safetensors<T>(folder.file("ours.safetensors"), tensors, {{"from", "infodiet"}});
    write_npy_directory<T>(folder.file("ours"), tensors);
  }

  test::TemporaryFolder folder;
  ParameterLayout layout;
  SelfAttention<T> attention;
  Parameters<T> parameters;
};
TYPED_TEST_SUITE(Interchange, test::Reals);

TYPED_TEST(Interchange, WithNumpyIsToTheBit) {
  using T = TypeParam;
  const int code = run_python(fmt::format("numpy '{}'", this->folder.file(".")));
  if (code == skipped) GTEST_SKIP() << "Python has no numpy";
  ASSERT_EQ(code, 0);
  Parameters<T> theirs(this->layout);
  read_safetensors<T>(this->folder.file("theirs.safetensors"), named_tensors(this->layout, theirs));
  for (std::size_t i = 0; i < theirs.flat().size(); ++i) {
    EXPECT_EQ(theirs.flat()[i], this->parameters.flat()[i] * 2 + 1);
  }
  Parameters<T> from_npy(this->layout);
  read_npy_directory<T>(this->folder.file("theirs"), named_tensors(this->layout, from_npy));
  EXPECT_TRUE(std::equal(from_npy.flat().begin(), from_npy.flat().end(), theirs.flat().begin()));
}

using InterchangeFloat = Interchange<float>;

TEST_F(InterchangeFloat, PyTorchGivesTheSameOutputs) {
  const auto x = test::random_matrix<float>(20, 8, 1);
  const std::vector<std::size_t> offsets{0, 20};
  SelfAttention<float>::Cache cache;
  Workspace<float> workspace;
  Matrix<float> y;
  attention.forward({parameters, workspace}, Ragged(offsets), x, cache, y);
  const std::vector<std::size_t> shape{20, 8};
  write_npy<float>(folder.file("x.npy"), shape, {x.data(), x.size()});
  write_npy<float>(folder.file("y.npy"), shape, {y.data(), y.size()});
  const int code = run_python(fmt::format("torch '{}' 2", folder.file(".")));
  if (code == skipped) GTEST_SKIP() << "Python has no torch";
  EXPECT_EQ(code, 0);
}

}  // namespace
}  // namespace infodiet::engine
