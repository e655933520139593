#include "tools/serve/serving.hpp"

#include <poll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstdint>
#include <future>
#include <optional>
#include <thread>

#include "tools/serve/retraining.hpp"

namespace infodiet::tools::serve {
namespace {

int stop_event = -1;

extern "C" void ask_to_stop(int) {
  const std::uint64_t one = 1;
  [[maybe_unused]] const ssize_t written = ::write(stop_event, &one, sizeof one);
}

// While one exists, the first SIGTERM or SIGINT only ends the wait, and a second one ends the program at once. Handled,
// not blocked, because earlier threads, such as OpenBLAS's, would not block it.
class StopSignals {
 public:
  StopSignals() {
    stop_event = eventfd(0, EFD_CLOEXEC);
    struct sigaction action {};
    action.sa_handler = ask_to_stop;
    action.sa_flags = SA_RESETHAND | SA_RESTART;
    sigemptyset(&action.sa_mask);
    sigaction(SIGTERM, &action, &before_term_);
    sigaction(SIGINT, &action, &before_int_);
  }
  ~StopSignals() {
    sigaction(SIGTERM, &before_term_, nullptr);
    sigaction(SIGINT, &before_int_, nullptr);
    close(stop_event);
  }
  StopSignals(const StopSignals&) = delete;
  StopSignals& operator=(const StopSignals&) = delete;

  void wait() const {
    pollfd asked{stop_event, POLLIN, 0};
    while (poll(&asked, 1, -1) < 0 && errno == EINTR) {
    }
  }

 private:
  struct sigaction before_term_ {};
  struct sigaction before_int_ {};
};

// A server that listens on a thread of its own, until it is told to end or goes out of scope.
class Listening {
 public:
  explicit Listening(HttpServer& server)
      : server_(server), ended_(std::async(std::launch::async, [&server] {
          const struct Stop {
            ~Stop() { ask_to_stop(0); }  // nobody need wait for a signal any more
          } stop;
          server.run();
        })) {}
  ~Listening() {
    if (ended_.valid()) drain();
  }
  Listening(const Listening&) = delete;
  Listening& operator=(const Listening&) = delete;

  /// Throws what the server threw.
  void end() {
    drain();
    ended_.get();
  }

 private:
  void drain() {
    // Repeated, because the first call may come before the server has started.
    do {
      server_.drain();
    } while (ended_.wait_for(std::chrono::milliseconds(50)) != std::future_status::ready);
  }

  HttpServer& server_;
  std::future<void> ended_;
};

}  // namespace

bool is_loopback(const std::string& host) {
  return host == "localhost" || host == "::1" || host.starts_with("127.");
}

void serve(const ServingOptions& options, const std::function<void(int port)>& started) {
  const StopSignals signals;
  Service service(options.service);
  std::optional<Retraining> retraining;
  if (options.retrain_every.count() > 0) {
    retraining.emplace(options.service.database, service.views, options.retrain_every);
  }
  Front front(service, options.front);
  HttpServer server(front, options.limits);
  const int port = server.bind(options.host, options.port);
  Listening listening(server);
  started(port);
  signals.wait();
  service.draining = true;
  listening.end();
}

}  // namespace infodiet::tools::serve
