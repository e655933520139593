#include "tools/serve/route.hpp"
#include "engine/io/json_text.hpp"

#include <fmt/format.h>

#include <charconv>
#include <stdexcept>

namespace infodiet::tools::serve {
namespace {

// Checked to be a number when the request was read.
template <class Number>
Number number_of(const std::string& text) {
  Number value{};
  std::from_chars(text.data(), text.data() + text.size(), value);
  return value;
}

}  // namespace

std::string_view name_of(Method method) {
  switch (method) {
    case Method::get:
      return "GET";
    case Method::post:
      return "POST";
    case Method::put:
      return "PUT";
    case Method::patch:
      return "PATCH";
    case Method::remove:
      return "DELETE";
  }
  throw std::logic_error("unknown method");
}

Reply json_reply(const Json& document, int status) {
  return {.status = status, .body = engine::json_text(document)};
}

const std::string& Call::part(std::string_view name) const {
  return path_.find(name)->second;
}

std::optional<std::string> Call::optional_part(std::string_view name) const {
  const auto found = path_.find(name);
  return found == path_.end() ? std::nullopt : std::optional(found->second);
}

std::string Call::value(std::string_view name) const {
  if (const auto found = query_.find(name); found != query_.end()) return found->second;
  for (const Parameter& parameter : route_->parameters) {
    if (parameter.name == name) return std::string(parameter.preset);
  }
  throw std::logic_error("a route asks for a parameter that it does not have");
}

std::int64_t Call::integer(std::string_view name) const {
  return number_of<std::int64_t>(value(name));
}
double Call::number(std::string_view name) const {
  return number_of<double>(value(name));
}
bool Call::flag(std::string_view name) const {
  return value(name) == "true";
}
std::optional<std::string> Call::text(std::string_view name) const {
  std::string text = value(name);
  return text.empty() ? std::nullopt : std::optional(std::move(text));
}
std::vector<std::string> Call::texts(std::string_view name) const {
  std::vector<std::string> all;
  const auto [begin, end] = query_.equal_range(name);
  for (auto one = begin; one != end; ++one) all.push_back(one->second);
  return all;
}

std::string Call::query() const {
  std::string all;
  for (const auto& [name, text] : query_) all += fmt::format("{}={}:{}&", name, text.size(), text);
  return all;
}

}  // namespace infodiet::tools::serve
