// Sums and exchanges of the processes of a job.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <vector>

#include "engine/distributed/tree_sum.hpp"
#include "engine/random.hpp"
#include "tests/support/job_of_threads.hpp"

namespace infodiet::engine {
namespace {

constexpr std::size_t gradient_size = 101;

// Numbers whose sum depends on the order.
std::vector<std::vector<float>> leaves(std::size_t count) {
  RandomStream stream(5, Purpose::test);
  std::vector<std::vector<float>> all(count, std::vector<float>(gradient_size));
  for (auto& leaf : all) {
    for (float& number : leaf) number = static_cast<float>(stream.normal() * std::pow(10.0, stream.uniform() * 8));
  }
  return all;
}

std::vector<float> balanced_sum(const std::vector<std::vector<float>>& all, std::size_t begin, std::size_t end) {
  if (end - begin == 1) return all[begin];
  std::vector<float> sum = balanced_sum(all, begin, (begin + end) / 2);
  const std::vector<float> right = balanced_sum(all, (begin + end) / 2, end);
  for (std::size_t i = 0; i < gradient_size; ++i) sum[i] += right[i];
  return sum;
}

// This process's part of the sum, put together with the others' in process 0.
std::vector<float> sum_by(Communicator& processes, std::size_t count, std::size_t threads) {
  ThreadPool pool(threads);
  std::vector<std::vector<float>> all = leaves(count);
  TreeSum<float> sum(processes, count);
  std::vector<float*> own;
  for (std::size_t leaf = sum.own_leaves().begin; leaf < sum.own_leaves().end; ++leaf) own.push_back(all[leaf].data());
  Bounds bounds{0};
  for (std::size_t p = 0; p < processes.size(); ++p) bounds.push_back(part_of(gradient_size, processes.size(), p).end);
  const std::size_t begin = bounds[processes.rank()];
  const float* const mine = sum.add_up(pool, Traffic::gradients, own, bounds);
  std::vector<float> whole(gradient_size);
  std::copy_n(mine, bounds[processes.rank() + 1] - begin, whole.data() + begin);
  gather(processes, Traffic::results, std::span<float>(whole), bounds);
  return whole;
}

TEST(TreeSum, IsThatOfTheBalancedTreeForAnyNumberOfProcessesAndThreads) {
  constexpr std::string_view order = "sum";
  for (const std::size_t count : {1U, 8U, 16U}) {
    const std::vector<float> expected = balanced_sum(leaves(count), 0, count);
    for (const std::size_t processes : {1U, 2U, 3U, 4U, 5U, 8U, 11U, 17U}) {
      const auto orders = [&] {
        Orders known;
        known.add(order, [&](Communicator& process, ThreadPool&) { sum_by(process, count, 1); });
        return known;
      };
      test::JobOfThreads(processes).run(orders, [&](Communicator& first) {
        give_order(first, order);
        EXPECT_EQ(sum_by(first, count, 3), expected) << processes << " processes, " << count << " leaves";
      });
    }
  }
}

// As many bytes as one process's sum for each of the others: what is below the top of the tree stays where it is.
TEST(TreeSum, SendsOnlyTheTopOfTheTree) {
  constexpr std::string_view order = "sum";
  const auto orders = [&] {
    Orders known;
    known.add(order, [&](Communicator& process, ThreadPool&) { sum_by(process, 16, 1); });
    return known;
  };
  for (const std::size_t processes : {2U, 4U, 8U}) {
    test::JobOfThreads job(processes);
    job.run(orders, [&](Communicator& first) {
      give_order(first, order);
      sum_by(first, 16, 1);
    });
    EXPECT_EQ(job.sent(Traffic::gradients).bytes, (processes - 1) * gradient_size * sizeof(float));
    EXPECT_EQ(job.sent(Traffic::gradients).messages, processes * (processes - 1));
  }
}

TEST(ExchangeRows, GivesEachProcessItsRowsOfWhatAllHaveTheColumnsOf) {
  constexpr std::string_view order = "exchange";
  const Bounds rows{0, 2, 2, 5};
  const Bounds cols{0, 1, 4, 6};
  const auto exchange = [&](Communicator& process) {
    const std::size_t me = process.rank();
    Matrix<float> own_cols;
    own_cols.resize({5, cols[me + 1] - cols[me]});
    for (std::size_t r = 0; r < 5; ++r) {
      for (std::size_t c = cols[me]; c < cols[me + 1]; ++c) own_cols(r, c - cols[me]) = static_cast<float>(10 * r + c);
    }
    Matrix<float> own_rows;
    Buffer<float> packed;
    exchange_rows(process, Traffic::logits, own_cols, rows, cols, own_rows, packed);
    ASSERT_EQ(own_rows.shape(0), rows[me + 1] - rows[me]);
    for (std::size_t r = 0; r < own_rows.shape(0); ++r) {
      for (std::size_t c = 0; c < 6; ++c) EXPECT_EQ(own_rows(r, c), static_cast<float>(10 * (rows[me] + r) + c));
    }
  };
  const auto orders = [&] {
    Orders known;
    known.add(order, [&](Communicator& process, ThreadPool&) { exchange(process); });
    return known;
  };
  test::JobOfThreads(3).run(orders, [&](Communicator& first) {
    give_order(first, order);
    exchange(first);
  });
}

}  // namespace
}  // namespace infodiet::engine
