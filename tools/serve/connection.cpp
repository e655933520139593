#include "tools/serve/connection.hpp"

#include <poll.h>
#include <sys/socket.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

namespace infodiet::tools::serve {
namespace {

// Milliseconds for poll(), rounded up.
int left_until(std::chrono::steady_clock::time_point deadline) {
  const auto left = std::chrono::ceil<std::chrono::milliseconds>(deadline - std::chrono::steady_clock::now());
  return static_cast<int>(std::max<std::int64_t>(left.count(), 0));
}

bool await(int descriptor, short event, std::chrono::steady_clock::time_point deadline) {
  for (;;) {
    pollfd waiting{.fd = descriptor, .events = event, .revents = 0};
    const int ready = poll(&waiting, 1, left_until(deadline));
    if (ready > 0) return true;
    if (ready == 0 || errno != EINTR) return false;
  }
}

}  // namespace

bool Connection::wait_for_request() {
  budget_ = limits_.header_bytes;
  over_budget_ = false;
  if (begin_ == end_) {
    const Clock::time_point idle_until = Clock::now() + limits_.idle_time;
    std::array<pollfd, 2> waiting{pollfd{.fd = socket_, .events = POLLIN, .revents = 0},
                                  pollfd{.fd = ending_, .events = POLLIN, .revents = 0}};
    int ready = 0;
    do {
      ready = poll(waiting.data(), waiting.size(), left_until(idle_until));
    } while (ready < 0 && errno == EINTR);
    // A request that arrived before the end is still answered.
    if (ready <= 0 || (waiting[0].revents & POLLIN) == 0) return false;
    if (!receive(idle_until)) return false;
  }
  deadline_ = Clock::now() + limits_.request_time;
  return true;
}

bool Connection::receive(Clock::time_point deadline) {
  for (;;) {
    const ssize_t count = recv(socket_, received_.data(), received_.size(), MSG_DONTWAIT);
    if (count > 0) {
      begin_ = 0;
      end_ = static_cast<std::size_t>(count);
      return true;
    }
    const bool again = count < 0 && (errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR);
    if (!again || !await(socket_, POLLIN, deadline)) return false;
  }
}

bool Connection::is_readable() const {
  return begin_ < end_ || await(socket_, POLLIN, deadline_);
}

ssize_t Connection::read(char* bytes, std::size_t size) {
  if (budget_ == 0) {
    over_budget_ = true;
    return -1;
  }
  if (begin_ == end_) {
    if (!flush() || !receive(deadline_)) return -1;
  }
  const std::size_t count = std::min({size, end_ - begin_, budget_});
  std::memcpy(bytes, received_.data() + begin_, count);
  begin_ += count;
  budget_ -= count;
  return static_cast<ssize_t>(count);
}

ssize_t Connection::write(const char* bytes, std::size_t size) {
  if (broken_) return -1;
  to_send_.append(bytes, size);
  return static_cast<ssize_t>(size);
}

bool Connection::flush() {
  const Clock::time_point deadline = Clock::now() + limits_.answer_time;
  std::size_t sent = 0;
  while (!broken_ && sent < to_send_.size()) {
    const ssize_t count = send(socket_, to_send_.data() + sent, to_send_.size() - sent, MSG_DONTWAIT | MSG_NOSIGNAL);
    if (count >= 0) {
      sent += static_cast<std::size_t>(count);
    } else if (errno != EINTR && !((errno == EAGAIN || errno == EWOULDBLOCK) && await(socket_, POLLOUT, deadline))) {
      broken_ = true;
    }
  }
  to_send_.clear();
  return !broken_;
}

// Client addresses are not looked up: they could only end up in logs.
void Connection::get_remote_ip_and_port(std::string& ip, int& port) const {
  ip.clear();
  port = 0;
}
void Connection::get_local_ip_and_port(std::string& ip, int& port) const {
  ip.clear();
  port = 0;
}

}  // namespace infodiet::tools::serve
