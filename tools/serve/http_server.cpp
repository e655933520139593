#include "tools/serve/http_server.hpp"

#include <fmt/format.h>
#include <netdb.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "engine/errors.hpp"
#include "tools/serve/connection.hpp"
#include "tools/serve/connection_threads.hpp"

namespace infodiet::tools::serve {
namespace {

constexpr int backlog = 512;

// The answer to connections over the limit, whose requests are not read.
const std::string& too_many() {
  static const std::string answer = [] {
    const Reply reply = error_reply(503, "too many connections: keep fewer open, or try again in a second", 1);
    return fmt::format(
        "HTTP/1.1 503 Service Unavailable\r\nContent-Type: {}\r\nContent-Length: {}\r\nRetry-After: 1\r\n"
        "Connection: close\r\n\r\n{}",
        reply.content_type, reply.body.size(), reply.body);
  }();
  return answer;
}

// Checked first, because a failing listen gives no reason.
void require_address(const std::string& host) {
  addrinfo* found = nullptr;
  if (const int problem = getaddrinfo(host.c_str(), nullptr, nullptr, &found); problem != 0) {
    throw Error(fmt::format("--host {}: no such address ({}): give one of this machine, such as 127.0.0.1", host,
                            gai_strerror(problem)));
  }
  freeaddrinfo(found);
}

std::string header(const httplib::Request& request, const char* name) {
  return request.get_header_value(name);
}

// A request may have each of these at most once: a proxy and this server could read duplicates differently.
bool repeats(const httplib::Request& request) {
  for (const char* name : {"Host", "Content-Length", "Content-Type", "X-API-Key", "Transfer-Encoding"}) {
    if (request.get_header_value_count(name) > 1) return true;
  }
  return false;
}

Head head_of(const httplib::Request& request) {
  return {.method = request.method,
          .target = request.target,
          .host = header(request, "Host"),
          .api_key = header(request, "X-API-Key"),
          .content_type = header(request, "Content-Type"),
          .content_length = header(request, "Content-Length"),
          .encoded = request.has_header("Transfer-Encoding") || request.has_header("Content-Encoding"),
          .repeated = repeats(request)};
}

}  // namespace

class HttpServer::Impl final : public httplib::Server {
 public:
  Impl(Front& front, const ServerLimits& limits) : front_(&front), limits_(limits), ending_(eventfd(0, EFD_CLOEXEC)) {
    if (ending_ < 0) throw Error(fmt::format("no event descriptor: {}", std::strerror(errno)));
    new_task_queue = [this] { return new ConnectionThreads(limits_.connections); };
    set_tcp_nodelay(true);
    // Otherwise httplib would share the port with another process that listens there, which would get half of the
    // requests.
    set_socket_options([](socket_t socket) {
      const int yes = 1;
      setsockopt(socket, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
    });
    set_pre_routing_handler(
        [this](const httplib::Request& request, httplib::Response& response) { return open(request, response); });
    const Handler with_body = [this](const httplib::Request& request, httplib::Response& response) {
      put(front_->answer(*exchange_, request.body), response);
    };
    // Requests are routed by their unmodified target, so httplib sees the same path for all.
    Post("/", with_body);
    Put("/", with_body);
    Patch("/", with_body);
    set_error_handler([this](const httplib::Request&, httplib::Response& response) {
      if (!response.body.empty()) return;
      // The request could not be parsed, so the start of the next one is unknown.
      put(front_->refuse(response.status), response);
      close_connection(response);
    });
    set_post_routing_handler([](const httplib::Request&, httplib::Response& response) {
      response.headers.erase("Keep-Alive");
      response.headers.erase("Accept-Ranges");
    });
    set_default_headers({{"X-Content-Type-Options", "nosniff"},
                         {"Cache-Control", "no-store"},
                         {"Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'"}});
  }
  ~Impl() override { close(ending_); }

  int bind(const std::string& host, int port) {
    require_address(host);
    errno = 0;
    const int bound = port == 0 ? bind_to_any_port(host) : (bind_to_port(host, port) ? port : -1);
    if (bound < 0) {
      throw Error(
          fmt::format("{}:{} cannot be listened on ({}): end the program that listens there, or give another --host or "
                      "--port",
                      host, port, std::strerror(errno)));
    }
    // httplib was built with a backlog of five.
    ::listen(svr_sock_, backlog);
    return bound;
  }

  void drain() {
    draining_ = true;
    const std::uint64_t one = 1;
    // Cannot fail: the counter is far from overflow.
    if (::write(ending_, &one, sizeof one) < 0) return;
    stop();
  }

 private:
  bool process_and_close_socket(socket_t socket) override {
    if (ConnectionThreads::refusing()) {
      (void)send(socket, too_many().data(), too_many().size(), MSG_DONTWAIT | MSG_NOSIGNAL);
    } else {
      converse(socket);
    }
    ::shutdown(socket, SHUT_RDWR);
    ::close(socket);
    return true;
  }

  void converse(socket_t socket) {
    Connection connection(socket, ending_, {});
    for (std::size_t left = limits_.requests_each; left > 0 && connection.wait_for_request(); --left) {
      Exchange exchange;
      exchange_ = &exchange;
      connection_ = &connection;
      close_after_ = left == 1 || draining_;
      bool closed = false;
      const bool answered = process_request(connection, close_after_, closed, [&](httplib::Request& request) {
        exchange.head = head_of(request);
        // Ranges and compression are for files, and httplib's compression costs more than it saves.
        request.ranges.clear();
        request.headers.erase("Range");
        request.headers.erase("Accept-Encoding");
        request.path = "/";
      });
      if (!connection.flush() || !answered || closed || close_after_) return;
    }
  }

  HandlerResponse open(const httplib::Request& request, httplib::Response& response) {
    if (std::optional<Reply> refusal = front_->open(*exchange_)) {
      // An unread body would be parsed as the next request.
      if (request.has_header("Content-Length") || exchange_->head.encoded) close_connection(response);
      put(*refusal, response);
      return HandlerResponse::Handled;
    }
    if (exchange_->body_bytes > 0) {
      connection_->allow_body(exchange_->body_bytes);
      return HandlerResponse::Unhandled;
    }
    put(front_->answer(*exchange_, {}), response);
    return HandlerResponse::Handled;
  }

  static void close_connection(httplib::Response& response) {
    close_after_ = true;
    response.set_header("Connection", "close");
  }

  void put(const Reply& reply, httplib::Response& response) {
    response.status = reply.status;
    response.set_content(reply.body, reply.content_type);
    for (const auto& [name, value] : reply.headers) {
      response.headers.erase(name);  // set for every answer
      response.set_header(name, value);
    }
    front_->note(*exchange_, reply.status, reply.body.size());
    if (draining_) close_connection(response);
  }

  Front* front_;
  ServerLimits limits_;
  int ending_;
  std::atomic<bool> draining_{false};

  // The connection of this thread's request: httplib passes handlers only the request.
  static thread_local Exchange* exchange_;
  static thread_local Connection* connection_;
  static thread_local bool close_after_;
};

thread_local Exchange* HttpServer::Impl::exchange_ = nullptr;
thread_local Connection* HttpServer::Impl::connection_ = nullptr;
thread_local bool HttpServer::Impl::close_after_ = false;

HttpServer::HttpServer(Front& front, const ServerLimits& limits) : impl_(std::make_unique<Impl>(front, limits)) {}
HttpServer::~HttpServer() = default;

int HttpServer::bind(const std::string& host, int port) {
  return impl_->bind(host, port);
}
void HttpServer::run() {
  if (impl_->listen_after_bind()) return;
  throw Error(
      "the system refused to accept another connection: start the service again, and if this recurs allow it more "
      "memory or open files (ulimit -n)");
}
void HttpServer::drain() {
  impl_->drain();
}

}  // namespace infodiet::tools::serve
