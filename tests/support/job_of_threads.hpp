// A job whose processes are threads of the test: the same messages without MPI.
#pragma once

#include <algorithm>
#include <condition_variable>
#include <deque>
#include <exception>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "engine/distributed/orders.hpp"
#include "engine/errors.hpp"

namespace infodiet::test {

/// Messages under way.
class Post {
 public:
  void send(std::size_t from, std::size_t to, std::span<const std::byte> bytes) {
    {
      const std::lock_guard lock(mutex_);
      queues_[{from, to}].emplace_back(bytes.begin(), bytes.end());
    }
    arrived_.notify_all();
  }
  void receive(std::size_t from, std::size_t to, std::span<std::byte> bytes) {
    std::unique_lock lock(mutex_);
    std::deque<std::vector<std::byte>>& queue = queues_[{from, to}];
    arrived_.wait(lock, [&] { return !queue.empty(); });
    if (queue.front().size() != bytes.size()) throw Error("a message of another size than expected");
    std::copy(queue.front().begin(), queue.front().end(), bytes.begin());
    queue.pop_front();
  }
  bool is_empty() const {
    return std::all_of(queues_.begin(), queues_.end(), [](const auto& queue) { return queue.second.empty(); });
  }

 private:
  std::mutex mutex_;
  std::condition_variable arrived_;
  std::map<std::pair<std::size_t, std::size_t>, std::deque<std::vector<std::byte>>> queues_;
};

class ThreadProcess final : public engine::Communicator {
 public:
  ThreadProcess(Post& post, std::size_t rank, std::size_t size) : post_(post), rank_(rank), size_(size) {}
  std::size_t rank() const override { return rank_; }
  std::size_t size() const override { return size_; }

 private:
  void transfer(std::span<const Outgoing> out, std::span<const Incoming> in) override {
    for (const Outgoing& one : out) post_.send(rank_, one.to, one.bytes);
    for (const Incoming& one : in) post_.receive(one.from, rank_, one.bytes);
  }
  void end_job(std::string_view why) override { throw Error(std::string(why)); }

  Post& post_;
  std::size_t rank_;
  std::size_t size_;
};

/// All processes of a job; those but 0 follow orders while `first` runs as process 0.
class JobOfThreads {
 public:
  explicit JobOfThreads(std::size_t size) {
    for (std::size_t p = 0; p < size; ++p) processes_.push_back(std::make_unique<ThreadProcess>(post_, p, size));
  }

  /// `make_orders` gives each process its own.
  template <class MakeOrders, class First>
  void run(MakeOrders make_orders, First first) {
    std::vector<std::thread> threads;
    for (std::size_t p = 1; p < processes_.size(); ++p) {
      threads.emplace_back([this, &make_orders, p] { make_orders().serve(*processes_[p]); });
    }
    std::exception_ptr failure;
    try {
      first(static_cast<engine::Communicator&>(*processes_[0]));
    } catch (...) {
      failure = std::current_exception();
    }
    engine::give_leave(*processes_[0]);
    for (std::thread& thread : threads) thread.join();
    if (failure) std::rethrow_exception(failure);
    if (!post_.is_empty()) throw Error("a message that nobody received");
  }

  /// What all have sent.
  engine::Communicator::Sent sent(engine::Traffic kind) const {
    engine::Communicator::Sent sum;
    for (const auto& process : processes_) {
      sum.messages += process->sent(kind).messages;
      sum.bytes += process->sent(kind).bytes;
    }
    return sum;
  }

 private:
  Post post_;
  std::vector<std::unique_ptr<ThreadProcess>> processes_;
};

}  // namespace infodiet::test
