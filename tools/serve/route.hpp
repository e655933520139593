// A route: one row of the table in routes.cpp, which also checks requests and generates the description for programs
// (openapi.hpp) and the manual. Independent of sockets.
#pragma once

#include <nlohmann/json.hpp>

#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "tools/terminal/console.hpp"

namespace infodiet::tools::serve {

class Service;

/// HTTP methods; `remove` is DELETE.
enum class Method { get, post, put, patch, remove };
/// "GET", ..., "DELETE".
std::string_view name_of(Method method);

/// Which key a request needs, if keys are set.
enum class Access { anyone, read, write };

/// The type of a value of a query or a body.
enum class Kind {
  integer,
  number,  ///< finite
  flag,    ///< true or false
  text,
  texts,  ///< in a query: may be given several times; in a body: a list
  time,   ///< RFC 3339, such as 2024-05-01T12:30:00Z
  any,    ///< any JSON
};

/// A value of the query.
struct Parameter {
  std::string_view name;
  Kind kind;
  std::string_view help;
  std::string_view preset = {};  ///< the default, or empty for none
  double minimum = 0;            ///< of numbers, both ends included
  double maximum = 0;
};

/// A field of a JSON object in the body.
struct Field {
  std::string_view name;
  Kind kind;
  std::string_view help;
  bool required = false;
};

/// How many objects a body holds.
enum class Amount { none, one, list };

/// The body of a request.
struct Body {
  Amount amount = Amount::none;
  std::string_view name = {};  ///< of the type in the description
  std::span<const Field> fields = {};
};

/// An answer over HTTP.
struct Reply {
  int status = 200;
  std::string body = {};
  std::string content_type = "application/json";
  std::vector<std::pair<std::string, std::string>> headers = {};
};
/// An answer with `document` as its body.
Reply json_reply(const Json& document, int status = 200);

class Call;

/// A row of the table.
struct Route {
  Method method;
  /// Parts in braces are values; a last part with a question mark, such as {category?}, may be missing.
  std::string_view path;
  std::string_view summary;
  Access access;
  std::vector<Parameter> parameters;
  Body body;
  std::string_view answer;  ///< the answer, in a few words
  Reply (*handler)(Service& service, const Call& call);
};

/// The table, in the order of the manual.
std::span<const Route> routes();

/// A request that fits its route: every value has the type and range of the table.
class Call {
 public:
  Call(const Route& route, std::map<std::string, std::string, std::less<>> path,
       std::multimap<std::string, std::string, std::less<>> query)
      : route_(&route), path_(std::move(path)), query_(std::move(query)) {}

  const Route& route() const { return *route_; }
  /// A value of the path; the optional last one may be missing.
  const std::string& part(std::string_view name) const;
  std::optional<std::string> optional_part(std::string_view name) const;
  /// Values of the query, with the table's defaults for those not given.
  std::int64_t integer(std::string_view name) const;
  double number(std::string_view name) const;
  bool flag(std::string_view name) const;
  std::optional<std::string> text(std::string_view name) const;
  std::vector<std::string> texts(std::string_view name) const;
  /// The given values of the query, in a fixed order.
  std::string query() const;

  Json body = {};
  Access granted = Access::anyone;

 private:
  std::string value(std::string_view name) const;

  const Route* route_;
  std::map<std::string, std::string, std::less<>> path_;
  std::multimap<std::string, std::string, std::less<>> query_;
};

}  // namespace infodiet::tools::serve
