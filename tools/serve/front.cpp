#include "tools/serve/front.hpp"

#include <fmt/format.h>

#include <charconv>
#include <ctime>
#include <iostream>
#include <mutex>
#include <new>
#include <utility>

#include "engine/io/json_text.hpp"
#include "recsys/errors.hpp"
#include "tools/serve/errors.hpp"
#include "tools/serve/request_check.hpp"
#include "tools/serve/service.hpp"
#include "tools/serve/shapes.hpp"

namespace infodiet::tools::serve {
namespace {

bool is_loopback_name(std::string_view host) {
  if (host.starts_with('[')) return host.substr(0, host.find(']') + 1) == "[::1]";
  host = host.substr(0, host.find(':'));
  return host == "localhost" || host.starts_with("127.");
}

const char* message_for(int status) {
  switch (status) {
    case 400:
      return "the request line or a header cannot be read: send HTTP/1.1, and headers of 16 KiB at most in all";
    case 413:
      return "the body is too large: send less at a time";
    case 414:
      return "the address is too long: 8 KiB at most";
    case 416:
      return "the header Range is not supported: leave it out";
    default:
      return "the request is not valid HTTP";
  }
}

// Turns whatever a handler throws into an answer.
Reply reply_for(std::exception_ptr problem) {
  try {
    std::rethrow_exception(std::move(problem));
  } catch (const RequestError& error) {
    return error_reply(error.status(), error.what(), error.retry_after());
  } catch (const recsys::DataError& error) {
    return error_reply(400, error.what());
  } catch (const recsys::SettingError& error) {
    return error_reply(400, error.what());
  } catch (const recsys::SqliteError& error) {
    log_line({{"event", "file_error"}, {"error", error.what()}});
    return error_reply(503, "the file cannot be read or written now; the log of the service says why", 5);
  } catch (const std::bad_alloc&) {
    return error_reply(503, "out of memory: ask for less", 1);
  } catch (const std::exception& error) {
    log_line({{"event", "error"}, {"error", error.what()}});
    return error_reply(500, "this failed; the log of the service says why");
  }
}

}  // namespace

void log_line(const Json& line) {
  static std::mutex mutex;
  const std::string text = engine::json_text(line) + '\n';
  const std::lock_guard lock(mutex);
  std::cerr << text << std::flush;
}

Reply error_reply(int status, const std::string& message, std::optional<int> retry_after) {
  Reply reply = json_reply({{"status", status}, {"error", message}}, status);
  if (retry_after) reply.headers.emplace_back("Retry-After", std::to_string(*retry_after));
  return reply;
}

void Front::check_headers(const Head& head) const {
  if (head.repeated) {
    throw RequestError(400, "a header is given twice: send Host, Content-Type, Content-Length and X-API-Key once each");
  }
  if (options_.loopback_names_only && !is_loopback_name(head.host)) {
    throw RequestError(400, "the header Host must name this machine (localhost or 127.0.0.1) where no keys are set");
  }
}

void Front::check_body_headers(Exchange& exchange) const {
  const Head& head = exchange.head;
  if (head.encoded) {
    throw RequestError(411,
                       "send the body plainly, with its Content-Length: no Transfer-Encoding, no Content-Encoding");
  }
  std::size_t length = 0;
  if (!head.content_length.empty()) {
    const char* end = head.content_length.data() + head.content_length.size();
    const auto [rest, error] = std::from_chars(head.content_length.data(), end, length);
    if (rest != end || error == std::errc::invalid_argument) {
      throw RequestError(400, "Content-Length must be a whole number");
    }
    if (error == std::errc::result_out_of_range || length > options_.body_bytes) {
      throw RequestError(413,
                         fmt::format("a body may have at most {} bytes: send less at a time", options_.body_bytes));
    }
  }
  const bool wanted = exchange.call->route().body.amount != Amount::none;
  if (!wanted && length > 0) throw RequestError(400, "this path takes no body: send none");
  if (wanted && length == 0) throw RequestError(400, "the body is missing: send JSON and its Content-Length");
  if (wanted && head.content_type != "application/json" && !head.content_type.starts_with("application/json;")) {
    throw RequestError(415, "the body must be JSON: send Content-Type: application/json");
  }
  exchange.body_bytes = length;
}

void Front::let_in(Exchange& exchange) const {
  const Head& head = exchange.head;
  check_headers(head);
  exchange.call = match_request(head.method, head.target);
  Call& call = *exchange.call;
  call.granted = service_->keys.empty() ? Access::write : service_->keys.allowed(head.api_key);
  if (call.granted < call.route().access) {
    throw RequestError(401, fmt::format("this needs a {} key: send the header X-API-Key with one of those in the file "
                                        "that --api-keys names",
                                        call.route().access == Access::write ? "write" : "read"));
  }
  check_body_headers(exchange);
}

std::optional<Reply> Front::open(Exchange& exchange) {
  exchange.start = std::chrono::steady_clock::now();
  try {
    let_in(exchange);
    return std::nullopt;
  } catch (...) {
    Reply reply = reply_for(std::current_exception());
    if (reply.status == 405) reply.headers.emplace_back("Allow", allowed_methods(exchange.head.target));
    return reply;
  }
}

Reply Front::answer(Exchange& exchange, std::string_view body) {
  try {
    Call& call = *exchange.call;
    call.body = check_body(call.route(), body);
    return call.route().handler(*service_, call);
  } catch (...) {
    return reply_for(std::current_exception());
  }
}

Reply Front::refuse(int status) {
  return error_reply(status, message_for(status));
}

void Front::note(const Exchange& exchange, int status, std::size_t bytes) {
  const double seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - exchange.start).count();
  const std::string route =
      exchange.call ? fmt::format("{} {}", name_of(exchange.call->route().method), exchange.call->route().path) : "-";
  service_->metrics.request(route, status, seconds);
  if (!options_.log) return;
  Json line = {{"time", format_time(std::time(nullptr))},
               {"route", route},
               {"status", status},
               {"milliseconds", std::round(seconds * 1e6) / 1e3},
               {"bytes", bytes}};
  if (options_.log_ids) line["target"] = exchange.head.target;
  log_line(line);
}

}  // namespace infodiet::tools::serve
