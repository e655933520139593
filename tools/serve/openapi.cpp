#include "tools/serve/openapi.hpp"
#include "engine/io/json_text.hpp"

#include <algorithm>
#include <cctype>

namespace infodiet::tools::serve {
namespace {

Json schema_of(Kind kind) {
  switch (kind) {
    case Kind::integer:
      return {{"type", "integer"}};
    case Kind::number:
      return {{"type", "number"}};
    case Kind::flag:
      return {{"type", "boolean"}};
    case Kind::text:
      return {{"type", "string"}};
    case Kind::texts:
      return {{"type", "array"}, {"items", {{"type", "string"}}}};
    case Kind::time:
      return {{"type", "string"}, {"format", "date-time"}};
    case Kind::any:
      return Json::object();
  }
  return {};
}

Json preset_of(const Parameter& parameter) {
  const bool is_text = parameter.kind == Kind::text || parameter.kind == Kind::texts;
  return is_text ? Json(std::string(parameter.preset)) : engine::parse_json<Json>(parameter.preset);
}

Json parameter_of(const Parameter& parameter) {
  Json schema = schema_of(parameter.kind);
  if (parameter.kind == Kind::integer || parameter.kind == Kind::number) {
    schema["minimum"] = parameter.minimum;
    schema["maximum"] = parameter.maximum;
  }
  if (!parameter.preset.empty()) schema["default"] = preset_of(parameter);
  return {{"name", std::string(parameter.name)},
          {"in", "query"},
          {"description", std::string(parameter.help)},
          {"schema", std::move(schema)}};
}

Json body_of(const Body& body) {
  Json properties = Json::object();
  Json required = Json::array();
  for (const Field& field : body.fields) {
    properties[std::string(field.name)] = schema_of(field.kind);
    properties[std::string(field.name)]["description"] = std::string(field.help);
    if (field.required) required.push_back(std::string(field.name));
  }
  Json schema = {{"type", "object"}, {"properties", std::move(properties)}};
  if (!required.empty()) schema["required"] = std::move(required);
  if (body.amount == Amount::list) schema = {{"type", "array"}, {"items", std::move(schema)}};
  return {{"required", true}, {"content", {{"application/json", {{"schema", std::move(schema)}}}}}};
}

// Path parameters are required in OpenAPI, so a row with an optional value becomes two paths.
struct Spelling {
  std::string path;
  std::vector<std::string> values;
};

std::vector<Spelling> spellings_of(std::string_view pattern) {
  Spelling whole;
  std::optional<Spelling> shorter;
  for (std::size_t at = 0; at < pattern.size();) {
    const std::size_t open = pattern.find('{', at);
    whole.path += pattern.substr(at, std::min(open, pattern.size()) - at);
    if (open == std::string_view::npos) break;
    const std::size_t close = pattern.find('}', open);
    std::string name(pattern.substr(open + 1, close - open - 1));
    if (name.ends_with('?')) {
      shorter = whole;
      shorter->path.pop_back();  // the slash
      name.pop_back();
    }
    whole.path += '{' + name + '}';
    whole.values.push_back(std::move(name));
    at = close + 1;
  }
  std::vector<Spelling> all;
  if (shorter) all.push_back(std::move(*shorter));
  all.push_back(std::move(whole));
  return all;
}

Json operation_of(const Route& route, const Spelling& spelling) {
  Json operation = {{"summary", std::string(route.summary)}, {"parameters", Json::array()}};
  for (const std::string& value : spelling.values) {
    operation["parameters"].push_back(
        {{"name", value}, {"in", "path"}, {"required", true}, {"schema", {{"type", "string"}}}});
  }
  for (const Parameter& parameter : route.parameters) operation["parameters"].push_back(parameter_of(parameter));
  if (route.body.amount != Amount::none) operation["requestBody"] = body_of(route.body);
  operation["responses"] = {{"200", {{"description", std::string(route.answer)}}},
                            {"default", {{"description", "{status, error}: what is wrong and what to do"}}}};
  if (route.access != Access::anyone) {
    operation["security"] = Json::array({{{route.access == Access::write ? "write" : "read", Json::array()}}});
  }
  return operation;
}

}  // namespace

Json openapi() {
  Json paths = Json::object();
  for (const Route& route : routes()) {
    std::string method(name_of(route.method));
    std::transform(method.begin(), method.end(), method.begin(), [](unsigned char c) { return std::tolower(c); });
    for (const Spelling& spelling : spellings_of(route.path)) {
      paths[spelling.path][method] = operation_of(route, spelling);
    }
  }
  const Json key = {{"type", "apiKey"}, {"in", "header"}, {"name", "X-API-Key"}};
  return {{"openapi", "3.0.3"},
          {"info", {{"title", "infodiet"}, {"version", INFODIET_VERSION}}},
          {"paths", std::move(paths)},
          {"components", {{"securitySchemes", {{"read", key}, {"write", key}}}}}};
}

}  // namespace infodiet::tools::serve
