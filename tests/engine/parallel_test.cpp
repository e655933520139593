#include "engine/parallel.hpp"

#include <dlfcn.h>
#include <gtest/gtest.h>
#include <pthread.h>

#include <atomic>
#include <cerrno>
#include <stdexcept>
#include <vector>

namespace {

// How many more threads may start; the standard library calls the pthread_create below instead of the system's.
std::atomic<int> startable{1 << 30};

}  // namespace

// A sanitizer's, which must learn of every thread. NOLINTNEXTLINE(bugprone-*, readability-*)
extern "C" [[gnu::weak]] int __interceptor_pthread_create(pthread_t*, const pthread_attr_t*, void* (*)(void*), void*);

extern "C" int pthread_create(pthread_t* thread, const pthread_attr_t* attributes, void* (*start)(void*),
                              void* argument) {
  static const auto real = __interceptor_pthread_create != nullptr
                               ? &__interceptor_pthread_create
                               : reinterpret_cast<decltype(&pthread_create)>(dlsym(RTLD_NEXT, "pthread_create"));
  return startable-- > 0 ? real(thread, attributes, start, argument) : EAGAIN;
}

namespace infodiet::engine {
namespace {

TEST(ThreadPool, WorksWithTheThreadsThatStart) {
  const std::size_t refused_before = ThreadPool::refused_threads();
  startable = 2;
  ThreadPool pool(6);
  startable = 1 << 30;
  EXPECT_EQ(pool.size(), 3U);
  EXPECT_EQ(ThreadPool::refused_threads() - refused_before, 3U);
  std::vector<int> runs(37, 0);
  pool.run(runs.size(), [&](std::size_t task, std::size_t worker) {
    ASSERT_LT(worker, 3U);
    ++runs[task];
  });
  EXPECT_EQ(runs, std::vector<int>(37, 1));
}

TEST(ThreadPool, RunsEveryTaskOnce) {
  for (const std::size_t threads : {1, 2, 5}) {
    ThreadPool pool(threads);
    EXPECT_EQ(pool.size(), threads);
    for (int repeat = 0; repeat < 200; ++repeat) {
      std::vector<int> runs(37, 0);
      pool.run(runs.size(), [&](std::size_t task, std::size_t worker) {
        ASSERT_LT(worker, threads);
        ++runs[task];
      });
      EXPECT_EQ(runs, std::vector<int>(37, 1));
    }
  }
}

TEST(ThreadPool, RethrowsTheExceptionOfTheLowestTask) {
  ThreadPool pool(3);
  for (int repeat = 0; repeat < 50; ++repeat) {
    try {
      pool.run(20, [](std::size_t task, std::size_t) {
        if (task >= 5) throw std::runtime_error(std::to_string(task));
      });
      FAIL() << "nothing was thrown";
    } catch (const std::runtime_error& error) {
      EXPECT_STREQ(error.what(), "5");
    }
  }
}

TEST(PartOf, CoversTheWholeWithoutOverlap) {
  for (std::size_t size : {0, 1, 7, 100}) {
    std::size_t expected = 0;
    for (std::size_t part = 0; part < 8; ++part) {
      EXPECT_EQ(part_of(size, 8, part).begin, expected);
      expected = part_of(size, 8, part).end;
    }
    EXPECT_EQ(expected, size);
  }
}

}  // namespace
}  // namespace infodiet::engine
