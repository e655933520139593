#include "tools/terminal/interrupt.hpp"

#include <gtest/gtest.h>

namespace infodiet::tools {
namespace {

TEST(InterruptFlag, IsRaisedByTheFirstSignalOnly) {
  GTEST_FLAG_SET(death_test_style, "threadsafe");
  {
    const InterruptFlag flag;
    EXPECT_FALSE(flag.raised());
    std::raise(SIGINT);
    EXPECT_TRUE(flag.raised());
    EXPECT_EXIT(std::raise(SIGINT), testing::KilledBySignal(SIGINT), "");
  }
  EXPECT_FALSE(InterruptFlag().raised());
  EXPECT_EXIT(std::raise(SIGINT), testing::KilledBySignal(SIGINT), "");
}

}  // namespace
}  // namespace infodiet::tools
