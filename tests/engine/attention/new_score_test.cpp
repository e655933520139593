// The example of engine/README.md: the document quotes it exactly and states its length correctly, and its gradients
// are right.
#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>
#include <iterator>

#include "engine/attention/attend.hpp"
#include "engine/errors.hpp"
#include "tests/engine/attention/distance_score.hpp"
#include "tests/support/gradient_check.hpp"
#include "tests/support/tensors.hpp"

namespace infodiet::engine {
namespace {

std::string read(const std::string& path) {
  std::ifstream file(path);
  if (!file) throw std::runtime_error("cannot read " + path);
  return {std::istreambuf_iterator<char>(file), {}};
}

TEST(NewScore, IsWhatTheReadmeShowsInUnderFortyLines) {
  const std::string source = read(INFODIET_SOURCE "/tests/engine/attention/distance_score.hpp");
  const std::size_t begin = source.find("/// The score");
  const std::string example = source.substr(begin, source.find("\n};\n", begin) + 4 - begin);
  EXPECT_LT(std::count(example.begin(), example.end(), '\n'), 40);
  EXPECT_NE(read(INFODIET_SOURCE "/engine/README.md").find("```cpp\n" + example + "```"), std::string::npos)
      << "engine/README.md must show exactly:\n"
      << example;
}

TEST(NewScore, HasTheGradientsOfItsForward) {
  for (const Mask mask : {Mask::none, Mask::causal}) {
    for (const std::size_t length : {1, 7, 130}) {
      auto q = test::random_matrix<double>(length, 3, 1);
      auto k = test::random_matrix<double>(length, 3, 2);
      auto v = test::random_matrix<double>(length, 2, 3);
      const auto dout = test::random_matrix<double>(length, 2, 4);
      auto dq = test::zeros_like(q);
      auto dk = test::zeros_like(k);
      auto dv = test::zeros_like(v);
      auto out = test::zeros_like(dout);
      std::vector<double> normalisers(length);
      Workspace<double> workspace;
      const DistanceScore<double> score(q, k, dq, dk);
      const ScoreTerm<double>* term = &score;
      const Attention<double> attention{.terms = {&term, 1}, .value = v, .mask = mask};
      const auto loss = [&] {
        attend<double>(attention, out, {normalisers.data()}, workspace);
        return test::inner_product(out, dout);
      };
      loss();
      attend_backward<double>(attention, out, dout, {normalisers.data()}, dv, workspace);
      EXPECT_TRUE(test::gradients_match({{"q", test::flat(q), test::flat(dq)},
                                         {"k", test::flat(k), test::flat(dk)},
                                         {"v", test::flat(v), test::flat(dv)}},
                                        loss))
          << "length " << length << ", mask " << static_cast<int>(mask);
    }
  }
}

TEST(NewScore, SaysWhatDoesNotFit) {
  const auto q = test::random_matrix<float>(4, 3, 1);
  const auto k = test::random_matrix<float>(4, 2, 2);
  EXPECT_THROW((DistanceScore<float>(q, k).require(4, 4)), ShapeError);
  EXPECT_THROW((DistanceScore<float>(q, q).require(4, 5)), ShapeError);
}

}  // namespace
}  // namespace infodiet::engine
