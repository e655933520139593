// A connection for httplib, with what httplib lacks: a limit for the bytes of a request, one deadline for the whole
// request, and answers sent in one piece. Independent of HTTP.
#pragma once

#include <httplib.h>

#include <array>
#include <chrono>
#include <cstddef>
#include <string>

namespace infodiet::tools::serve {

/// Limits of one connection.
struct ConnectionLimits {
  std::size_t header_bytes = std::size_t{16} << 10;
  std::chrono::milliseconds request_time{10'000};  ///< from the first byte of a request to its last
  std::chrono::milliseconds answer_time{10'000};   ///< for the peer to accept an answer
  std::chrono::milliseconds idle_time{30'000};     ///< between requests
};

/// One client's connection.
class Connection final : public httplib::Stream {
 public:
  /// `ending` is a file descriptor that becomes readable when the server drains. The caller keeps ownership of both.
  Connection(socket_t socket, int ending, const ConnectionLimits& limits)
      : socket_(socket), ending_(ending), limits_(limits) {}

  /// Waits for a request and starts its clock; false if none comes: closed, idle for too long, or draining.
  bool wait_for_request();
  /// Allows that many bytes after the headers.
  void allow_body(std::size_t bytes) { budget_ += bytes; }
  bool over_budget() const { return over_budget_; }
  /// Sends what was written; false if the peer does not accept it in time.
  bool flush();

  bool is_readable() const override;
  bool is_writable() const override { return !broken_; }
  ssize_t read(char* bytes, std::size_t size) override;
  ssize_t write(const char* bytes, std::size_t size) override;
  void get_remote_ip_and_port(std::string& ip, int& port) const override;
  void get_local_ip_and_port(std::string& ip, int& port) const override;
  socket_t socket() const override { return socket_; }

 private:
  using Clock = std::chrono::steady_clock;
  bool receive(Clock::time_point deadline);

  socket_t socket_;
  int ending_;
  ConnectionLimits limits_;
  std::array<char, 8192> received_{};
  std::size_t begin_ = 0;
  std::size_t end_ = 0;
  std::size_t budget_ = 0;
  bool over_budget_ = false;
  bool broken_ = false;
  Clock::time_point deadline_{};
  std::string to_send_;
};

}  // namespace infodiet::tools::serve
