#include "tools/serve/request_check.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

#include "recsys/utf8.hpp"
#include "tools/serve/errors.hpp"
#include "tools/serve/shapes.hpp"

namespace infodiet::tools::serve {
namespace {

// Deeper JSON is not a list of objects, and would use up the stack.
constexpr int max_depth = 12;

std::string decoded(std::string_view text, bool plus_is_blank) {
  std::string plain;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '%') {
      unsigned byte = 0;
      const char* begin = text.data() + i + 1;
      const bool long_enough = i + 2 < text.size();
      if (!long_enough || std::from_chars(begin, begin + 2, byte, 16).ptr != begin + 2) {
        throw RequestError(400, "the address holds a % without two hexadecimal digits after it: write % itself as %25");
      }
      plain += static_cast<char>(byte);
      i += 2;
    } else {
      plain += plus_is_blank && text[i] == '+' ? ' ' : text[i];
    }
  }
  if (!recsys::is_valid_utf8(plain) || plain.find('\0') != std::string::npos) {
    throw RequestError(400, "the address holds bytes that are not UTF-8: encode ids as UTF-8");
  }
  return plain;
}

std::vector<std::string> segments_of(std::string_view path) {
  std::vector<std::string> segments;
  if (!path.starts_with('/')) throw RequestError(400, "the address must begin with /");
  path.remove_prefix(1);
  for (;;) {
    const std::size_t slash = path.find('/');
    segments.push_back(decoded(path.substr(0, slash), false));
    if (slash == std::string_view::npos) break;
    path.remove_prefix(slash + 1);
  }
  // Some clients end each path with a slash.
  if (segments.size() > 1 && segments.back().empty()) segments.pop_back();
  return segments;
}

using Path = std::map<std::string, std::string, std::less<>>;

// The values of a path that matches a pattern.
std::optional<Path> fit(std::string_view pattern, const std::vector<std::string>& segments) {
  Path values;
  pattern.remove_prefix(1);
  std::size_t at = 0;
  for (bool more = true; more; ++at) {
    const std::size_t slash = pattern.find('/');
    std::string_view part = pattern.substr(0, slash);
    more = slash != std::string_view::npos;
    if (more) pattern.remove_prefix(slash + 1);
    const bool optional = part.ends_with("?}");
    if (at == segments.size()) return optional ? std::optional(values) : std::nullopt;
    if (!part.starts_with('{')) {
      if (part != segments[at]) return std::nullopt;
      continue;
    }
    if (segments[at].empty()) return std::nullopt;
    part = part.substr(1, part.size() - (optional ? 3 : 2));
    values.emplace(part, segments[at]);
  }
  return at == segments.size() ? std::optional(values) : std::nullopt;
}

struct Target {
  std::vector<std::string> segments;
  std::string_view query;
};

Target split_target(std::string_view target) {
  const std::size_t mark = target.find('?');
  return {segments_of(target.substr(0, mark)),
          mark == std::string_view::npos ? std::string_view() : target.substr(mark + 1)};
}

const Parameter* find_parameter(const Route& route, std::string_view name) {
  for (const Parameter& parameter : route.parameters) {
    if (parameter.name == name) return &parameter;
  }
  return nullptr;
}

std::string names_of(const Route& route) {
  std::string names;
  for (const Parameter& parameter : route.parameters) {
    names += names.empty() ? "" : ", ";
    names += parameter.name;
  }
  return names.empty() ? "none" : names;
}

void check_value(const Parameter& parameter, const std::string& text) {
  const auto fail = [&](const std::string& expected) {
    throw RequestError(400, fmt::format("{}={}: expected {}", parameter.name, text, expected));
  };
  if (parameter.kind == Kind::flag && text != "true" && text != "false") fail("true or false");
  if (parameter.kind == Kind::integer) {
    std::int64_t value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc() || end != text.data() + text.size() || static_cast<double>(value) < parameter.minimum ||
        static_cast<double>(value) > parameter.maximum) {
      fail(fmt::format("a whole number from {:.0f} to {:.0f}", parameter.minimum, parameter.maximum));
    }
  }
  if (parameter.kind == Kind::number) {
    double value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc() || end != text.data() + text.size() ||
        !(value >= parameter.minimum && value <= parameter.maximum)) {
      fail(fmt::format("a number from {} to {}", parameter.minimum, parameter.maximum));
    }
  }
}

std::multimap<std::string, std::string, std::less<>> query_of(const Route& route, std::string_view query) {
  std::multimap<std::string, std::string, std::less<>> values;
  while (!query.empty()) {
    const std::size_t end = query.find('&');
    const std::string_view pair = query.substr(0, end);
    query.remove_prefix(end == std::string_view::npos ? query.size() : end + 1);
    if (pair.empty()) continue;
    const std::size_t equals = pair.find('=');
    std::string name = decoded(pair.substr(0, equals), true);
    std::string value = equals == std::string_view::npos ? "" : decoded(pair.substr(equals + 1), true);
    if (name == "Cursor") name = "cursor";  // the spelling of some clients
    const Parameter* parameter = find_parameter(route, name);
    if (parameter == nullptr) {
      throw RequestError(400,
                         fmt::format("there is no parameter '{}' here; the parameters are: {}", name, names_of(route)));
    }
    if (parameter->kind != Kind::texts && values.contains(name)) {
      throw RequestError(400, fmt::format("the parameter '{}' is given twice: give it once", name));
    }
    check_value(*parameter, value);
    values.emplace(std::move(name), std::move(value));
  }
  return values;
}

std::string_view expectation(Kind kind) {
  switch (kind) {
    case Kind::integer:
      return "a whole number";
    case Kind::number:
      return "a number";
    case Kind::flag:
      return "true or false";
    case Kind::text:
      return "text";
    case Kind::texts:
      return "a list of texts";
    case Kind::time:
      return "a time such as \"2024-05-01T12:30:00Z\"";
    case Kind::any:
      return "anything";
  }
  return "";
}

bool fits(Kind kind, const Json& value) {
  switch (kind) {
    case Kind::integer:
      return value.is_number_integer();
    case Kind::number:
      return value.is_number();
    case Kind::flag:
      return value.is_boolean();
    case Kind::text:
      return value.is_string();
    case Kind::texts:
      return value.is_array() &&
             std::all_of(value.begin(), value.end(), [](const Json& one) { return one.is_string(); });
    case Kind::time:
      return value.is_string() &&
             (value.get_ref<const std::string&>().empty() || parse_instant(value.get_ref<const std::string&>()));
    case Kind::any:
      return true;
  }
  return false;
}

void check_object(const Body& body, const Json& object, const std::string& where) {
  if (!object.is_object()) throw RequestError(400, fmt::format("{}: expected an object", where));
  for (const Field& field : body.fields) {
    const auto found = object.find(field.name);
    const auto is_blank = [&] {
      return field.required && field.kind == Kind::text && found->is_string() &&
             found->get_ref<const std::string&>().empty();
    };
    if (found == object.end() || found->is_null() || is_blank()) {
      if (field.required) throw RequestError(400, fmt::format("{}: {} is missing: {}", where, field.name, field.help));
      continue;
    }
    if (!fits(field.kind, *found)) {
      throw RequestError(400, fmt::format("{}: {}: expected {}", where, field.name, expectation(field.kind)));
    }
  }
}

Json parse(std::string_view text) {
  try {
    return Json::parse(text, [](int depth, Json::parse_event_t, Json&) {
      if (depth > max_depth) throw RequestError(400, "the body is nested too deeply");
      return true;
    });
  } catch (const Json::exception& error) {
    throw RequestError(400, fmt::format("the body is not JSON: {}", error.what()));
  }
}

}  // namespace

Call match_request(std::string_view method, std::string_view target) {
  const Target parts = split_target(target);
  if (method == "HEAD") method = "GET";
  bool known = false;
  for (const Route& route : routes()) {
    std::optional<Path> path = fit(route.path, parts.segments);
    if (!path) continue;
    known = true;
    if (name_of(route.method) == method) return {route, std::move(*path), query_of(route, parts.query)};
  }
  if (known) {
    throw RequestError(405, fmt::format("this path has no {}; it has {}", method, allowed_methods(target)));
  }
  throw RequestError(404, "there is no such path; GET /openapi.json lists all");
}

std::string allowed_methods(std::string_view target) {
  const Target parts = split_target(target);
  std::string methods;
  for (const Route& route : routes()) {
    if (!fit(route.path, parts.segments) || methods.find(name_of(route.method)) != std::string::npos) continue;
    methods += methods.empty() ? "" : ", ";
    methods += name_of(route.method);
    if (route.method == Method::get) methods += ", HEAD";
  }
  return methods;
}

Json check_body(const Route& route, std::string_view text) {
  if (route.body.amount == Amount::none) return {};
  Json document = parse(text);
  if (route.body.amount == Amount::one) {
    check_object(route.body, document, std::string(route.body.name));
    return document;
  }
  if (!document.is_array()) throw RequestError(400, fmt::format("the body must be a list of {}", route.body.name));
  for (std::size_t i = 0; i < document.size(); ++i) {
    check_object(route.body, document[i], fmt::format("{} {}", route.body.name, i + 1));
  }
  return document;
}

}  // namespace infodiet::tools::serve
