// The service's limits, each by itself and made small. Other behaviour is tested over HTTP (lists_test.py and its
// neighbours).
#include <gtest/gtest.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <future>
#include <string_view>

#include "tests/support/temporary_folder.hpp"
#include "tools/serve/connection.hpp"
#include "tools/serve/errors.hpp"
#include "tools/serve/readers.hpp"
#include "tools/serve/writer.hpp"

namespace infodiet::tools::serve {
namespace {

using namespace std::chrono_literals;

// Both ends of a connection, ours with small limits.
class Conversation {
 public:
  explicit Conversation(const ConnectionLimits& limits) : ending_(eventfd(0, 0)) {
    EXPECT_EQ(socketpair(AF_UNIX, SOCK_STREAM, 0, ends_.data()), 0);
    ours_.emplace(ends_[0], ending_, limits);
  }
  ~Conversation() {
    for (const int end : {ends_[0], ends_[1], ending_}) close(end);
  }
  Conversation(const Conversation&) = delete;
  Conversation& operator=(const Conversation&) = delete;

  void send(std::string_view text) const {
    EXPECT_EQ(write(ends_[1], text.data(), text.size()), static_cast<ssize_t>(text.size()));
  }
  void drain() const { EXPECT_EQ(eventfd_write(ending_, 1), 0); }
  Connection& ours() { return *ours_; }
  ssize_t read() {
    std::array<char, 64> bytes{};
    return ours_->read(bytes.data(), bytes.size());
  }

 private:
  int ending_;
  std::array<int, 2> ends_{};
  std::optional<Connection> ours_;
};

TEST(ServeLimits, ARequestMustArriveInTime) {
  Conversation slow({.request_time = 20ms});
  slow.send("GET");
  ASSERT_TRUE(slow.ours().wait_for_request());
  EXPECT_EQ(slow.read(), 3);
  EXPECT_EQ(slow.read(), -1);
  EXPECT_FALSE(slow.ours().over_budget());
}

TEST(ServeLimits, AConnectionMustNotIdle) {
  Conversation idle({.idle_time = 20ms});
  EXPECT_FALSE(idle.ours().wait_for_request());
}

TEST(ServeLimits, WhatArrivedBeforeTheEndIsStillRead) {
  Conversation draining({});
  draining.send("GET");
  draining.drain();
  EXPECT_TRUE(draining.ours().wait_for_request());
  EXPECT_EQ(draining.read(), 3);
  EXPECT_FALSE(draining.ours().wait_for_request());
}

TEST(ServeLimits, HeadersHaveABudgetAndABodyAddsItsOwn) {
  Conversation long_winded({.header_bytes = 8});
  long_winded.send("0123456789abcdef");
  ASSERT_TRUE(long_winded.ours().wait_for_request());
  EXPECT_EQ(long_winded.read(), 8);
  long_winded.ours().allow_body(4);
  EXPECT_EQ(long_winded.read(), 4);
  EXPECT_EQ(long_winded.read(), -1);
  EXPECT_TRUE(long_winded.ours().over_budget());
}

TEST(ServeLimits, AnAnswerThatNobodyTakesIsGivenUp) {
  Conversation deaf({.answer_time = 20ms});
  const std::string much(4 << 20, 'x');
  deaf.ours().write(much.data(), much.size());
  EXPECT_FALSE(deaf.ours().flush());
}

// A database file with the schema and nothing else.
std::string made_database(const test::TemporaryFolder& folder) {
  const std::string path = folder.file("serve.db");
  recsys::Database(path, recsys::OpenMode::create);
  return path;
}

template <class Ask>
RequestError refusal_of(Ask&& ask) {
  try {
    ask();
  } catch (const RequestError& error) {
    return error;
  }
  ADD_FAILURE() << "it was not refused";
  return {0, ""};
}

TEST(ServeLimits, TooManyWritesThatWaitAreToldWhenToComeAgain) {
  const test::TemporaryFolder folder;
  Writer writer(made_database(folder), {.waiting = 1});
  std::promise<void> started;
  std::promise<void> go_on;
  std::thread first([&] {
    writer.write([&](recsys::Database&) {
      started.set_value();
      go_on.get_future().wait();
    });
  });
  started.get_future().wait();
  // The first of these waits; the others are refused.
  RequestError refused{0, ""};
  std::vector<std::thread> more;
  std::promise<RequestError> told;
  std::atomic<bool> was_told{false};
  for (int i = 0; i < 4; ++i) {
    more.emplace_back([&] {
      try {
        writer.write([](recsys::Database&) {});
      } catch (const RequestError& error) {
        if (!was_told.exchange(true)) told.set_value(error);
      }
    });
  }
  refused = told.get_future().get();
  go_on.set_value();
  first.join();
  for (std::thread& one : more) one.join();
  EXPECT_EQ(refused.status(), 429);
  EXPECT_EQ(refused.retry_after(), 1);
}

TEST(ServeLimits, AWriteDoesNotWaitForAnotherProcessForEver) {
  const test::TemporaryFolder folder;
  const std::string path = made_database(folder);
  Writer writer(path, {.patience = 20ms});
  recsys::Database other(path, recsys::OpenMode::read_write);
  const recsys::Transaction held(other);
  const RequestError refused = refusal_of([&] { writer.write([](recsys::Database&) {}); });
  EXPECT_EQ(refused.status(), 503);
  EXPECT_TRUE(refused.retry_after());
}

// Keeps a compute thread busy.
class Busy {
 public:
  explicit Busy(Readers& readers)
      : thread_([&] {
          readers.compute([&](Reader&) {
            begun_.set_value();
            end_.get_future().wait();
            return true;
          });
        }) {
    begun_.get_future().wait();
  }
  void end() {
    end_.set_value();
    thread_.join();
  }

 private:
  std::promise<void> begun_;
  std::promise<void> end_;
  std::thread thread_;
};

TEST(ServeLimits, ARequestDoesNotWaitForAComputeThreadForEver) {
  const test::TemporaryFolder folder;
  Readers readers(made_database(folder), 1, 20ms);
  Busy only(readers);
  const RequestError refused = refusal_of([&] { readers.compute([](Reader&) { return true; }); });
  only.end();
  EXPECT_EQ(refused.status(), 503);
  EXPECT_EQ(refused.retry_after(), 1);
}

TEST(ServeLimits, RequestsAreComputedInTheOrderInWhichTheyCame) {
  const test::TemporaryFolder folder;
  Readers readers(made_database(folder), 1, 1h);
  Busy only(readers);
  std::vector<int> served;
  std::vector<std::thread> waiting;
  for (int number = 0; number < 8; ++number) {
    waiting.emplace_back([&, number] {
      readers.compute([&](Reader&) {
        served.push_back(number);
        return true;
      });
    });
    while (readers.waiting() < waiting.size()) std::this_thread::yield();
  }
  only.end();
  for (std::thread& one : waiting) one.join();
  EXPECT_EQ(served, (std::vector<int>{0, 1, 2, 3, 4, 5, 6, 7}));
}

TEST(ServeLimits, WhatAComputeThreadThrowsIsTheAskersAndItGoesOn) {
  const test::TemporaryFolder folder;
  Readers readers(made_database(folder), 1, 1h);
  const RequestError refused =
      refusal_of([&] { readers.compute([](Reader&) -> bool { throw RequestError(404, "nothing"); }); });
  EXPECT_EQ(refused.status(), 404);
  EXPECT_EQ(readers.compute([](Reader& reader) { return reader.pool.size(); }), 1U);
}

}  // namespace
}  // namespace infodiet::tools::serve
