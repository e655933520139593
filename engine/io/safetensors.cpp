#include "engine/io/safetensors.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <set>

#include "engine/errors.hpp"
#include "engine/io/atomic_file.hpp"
#include "engine/io/files.hpp"
#include "engine/io/json_text.hpp"

namespace infodiet::engine {

namespace {

using Json = nlohmann::json;  // sorted, so that finding a name is fast
constexpr auto metadata_key = "__metadata__";

template <class T>
constexpr const char* dtype_of = sizeof(T) == 4 ? "F32" : "F64";

/// Bytes per element, or 0 for a type that the format does not have.
std::uint64_t element_bytes(const std::string& dtype) {
  static const std::map<std::string, std::uint64_t> sizes{
      {"BOOL", 1}, {"U8", 1},  {"I8", 1},  {"F8_E5M2", 1}, {"F8_E4M3", 1}, {"I16", 2}, {"U16", 2}, {"F16", 2},
      {"BF16", 2}, {"I32", 4}, {"U32", 4}, {"F32", 4},     {"F64", 8},     {"I64", 8}, {"U64", 8}};
  const auto found = sizes.find(dtype);
  return found == sizes.end() ? 0 : found->second;
}

/// Parses the header; refuses what JSON allows but the format does not: repeated names, and nesting.
Json parse_header(const std::filesystem::path& path, const std::string& text) {
  constexpr int deepest = 3;  // header, tensor, shape
  std::vector<std::set<std::string>> names;
  const auto watch = [&](int depth, Json::parse_event_t event, Json& parsed) {
    if (depth > deepest) refuse_file(path, "the header is nested deeper than the format allows");
    if (event == Json::parse_event_t::object_start) names.emplace_back();
    if (event == Json::parse_event_t::object_end) names.pop_back();
    if (event == Json::parse_event_t::key && !names.back().insert(parsed.get<std::string>()).second) {
      refuse_file(path, fmt::format("the header names '{}' twice", parsed.get<std::string>()));
    }
    return true;
  };
  try {
    return Json::parse(text, watch);
  } catch (const Json::exception& error) {
    refuse_file(path, fmt::format("the header is not JSON: {}", error.what()));
  }
}

std::vector<std::size_t> unsigned_numbers(const std::filesystem::path& path, const std::string& name, const Json& value,
                                          const char* field) {
  std::vector<std::size_t> numbers;
  if (value.is_array()) {
    for (const Json& number : value) {
      if (!number.is_number_unsigned()) break;
      numbers.push_back(number.get<std::size_t>());
    }
  }
  if (!value.is_array() || numbers.size() != value.size()) {
    refuse_file(path, fmt::format("tensor '{}': {} must be a list of whole numbers of at least 0", name, field));
  }
  return numbers;
}

SafetensorsFile::Entry parse_entry(const std::filesystem::path& path, const std::string& name, const Json& value,
                                   std::uint64_t data_begin, std::uint64_t data_size) {
  if (!value.is_object() || value.size() != 3 || !value.contains("dtype") || !value.contains("shape") ||
      !value.contains("data_offsets") || !value["dtype"].is_string()) {
    refuse_file(path, fmt::format("tensor '{}' must have dtype, shape and data_offsets and nothing else", name));
  }
  SafetensorsFile::Entry entry{.name = name, .dtype = value["dtype"].get<std::string>(), .shape = {}};
  const std::uint64_t element = element_bytes(entry.dtype);
  if (element == 0) refuse_file(path, fmt::format("tensor '{}' has the unknown type '{}'", name, entry.dtype));
  entry.shape = unsigned_numbers(path, name, value["shape"], "shape");
  const auto offsets = unsigned_numbers(path, name, value["data_offsets"], "data_offsets");
  if (offsets.size() != 2 || offsets[0] > offsets[1] || offsets[1] > data_size) {
    refuse_file(path, fmt::format("tensor '{}' does not lie within the file's {} bytes of data", name, data_size));
  }
  const std::uint64_t expected = elements_of(path, fmt::format("tensor '{}'", name), entry.shape) * element;
  if (offsets[1] - offsets[0] != expected) {
    refuse_file(path, fmt::format("tensor '{}' takes {} bytes, but {} of shape {} needs {}", name,
                                  offsets[1] - offsets[0], entry.dtype, shape_text(entry.shape), expected));
  }
  entry.begin = data_begin + offsets[0];
  entry.end = data_begin + offsets[1];
  return entry;
}

}  // namespace

template <class T>
void write_safetensors(const std::filesystem::path& path, std::span<const NamedTensor<const T>> tensors,
                       const std::map<std::string, std::string>& metadata) {
  Json header = Json::object();
  if (!metadata.empty()) header[metadata_key] = metadata;
  std::uint64_t offset = 0;
  for (const NamedTensor<const T>& tensor : tensors) {
    if (header.contains(tensor.name))
      throw Error(fmt::format("{}: two tensors are named '{}'", path.string(), tensor.name));
    if (elements_of(path, tensor.name, tensor.shape) != tensor.values.size()) {
      throw Error(fmt::format("{}: tensor '{}' has shape {} but {} values", path.string(), tensor.name,
                              shape_text(tensor.shape), tensor.values.size()));
    }
    header[tensor.name] = {{"dtype", dtype_of<T>},
                           {"shape", tensor.shape},
                           {"data_offsets", {offset, offset + tensor.values.size_bytes()}}};
    offset += tensor.values.size_bytes();
  }
  std::string text = json_text(header);
  text.resize((text.size() + 7) / 8 * 8, ' ');  // numbers begin at a multiple of 8
  const std::uint64_t length = text.size();
  if (length > SafetensorsFile::longest_header) {
    throw Error(fmt::format("{}: names and metadata take {} bytes, over the {} that readers of the format accept",
                            path.string(), length, SafetensorsFile::longest_header));
  }
  AtomicFile file(path);
  file.write(bytes_of(length));
  file.write(text);
  for (const NamedTensor<const T>& tensor : tensors) file.write(bytes_of(tensor.values));
  file.commit();
}

SafetensorsFile::SafetensorsFile(const std::filesystem::path& path) : path_(path) {
  std::uint64_t size = 0;
  std::ifstream file = open_to_read(path, size);
  std::uint64_t length = 0;
  if (size < sizeof(length)) refuse_file(path, fmt::format("has {} bytes: too short for a safetensors file", size));
  read_bytes(file, path, 0, &length, sizeof(length));
  if (length > longest_header) {
    refuse_file(path, fmt::format("says that its header has {} bytes, over the limit of {}: is it a safetensors file?",
                                  length, longest_header));
  }
  if (length > size - sizeof(length)) {
    refuse_file(path, fmt::format("says that its header has {} bytes but only {} follow: it is cut short", length,
                                  size - sizeof(length)));
  }
  std::string text(length, '\0');
  read_bytes(file, path, sizeof(length), text.data(), text.size());
  const Json header = parse_header(path, text);
  if (!header.is_object()) refuse_file(path, "the header is not a JSON object");

  const std::uint64_t data_begin = sizeof(length) + length;
  for (const auto& [name, value] : header.items()) {
    if (name != metadata_key) {
      entries_.push_back(parse_entry(path, name, value, data_begin, size - data_begin));
      continue;
    }
    if (!value.is_object()) refuse_file(path, "the metadata is not a JSON object");
    for (const auto& [key, text_value] : value.items()) {
      if (!text_value.is_string()) refuse_file(path, fmt::format("the metadata's '{}' is not a text", key));
      metadata_[key] = text_value.get<std::string>();
    }
  }
  std::stable_sort(entries_.begin(), entries_.end(), [](const Entry& a, const Entry& b) {
    return a.begin != b.begin ? a.begin < b.begin : a.end < b.end;
  });
  std::uint64_t expected = data_begin;
  for (const Entry& entry : entries_) {
    if (entry.begin != expected) {
      refuse_file(path, fmt::format("tensor '{}' begins at byte {} but must at {}: tensors overlap or leave a gap",
                                    entry.name, entry.begin, expected));
    }
    expected = entry.end;
  }
  if (expected != size) refuse_file(path, fmt::format("has {} bytes after its last tensor", size - expected));
}

template <class T>
const SafetensorsFile::Entry& SafetensorsFile::require(const NamedTensor<T>& into) const {
  const auto found =
      std::find_if(entries_.begin(), entries_.end(), [&](const Entry& entry) { return entry.name == into.name; });
  if (found == entries_.end()) {
    refuse_file(path_, fmt::format("has no tensor '{}': are the weights another model's?", into.name));
  }
  if (found->dtype != dtype_of<T>) {
    refuse_file(path_, fmt::format("tensor '{}' is of type {} but must be {}: convert it before saving", into.name,
                                   found->dtype, dtype_of<T>));
  }
  if (found->shape != into.shape || found->end - found->begin != into.values.size_bytes()) {
    refuse_file(path_, fmt::format("tensor '{}' has shape {} but must have {}: are the weights another model's?",
                                   into.name, shape_text(found->shape), shape_text(into.shape)));
  }
  return *found;
}

template <class T>
void SafetensorsFile::read(std::span<const NamedTensor<T>> into) const {
  for (const NamedTensor<T>& tensor : into) require(tensor);
  std::uint64_t size = 0;
  std::ifstream file = open_to_read(path_, size);
  for (const NamedTensor<T>& tensor : into) {
    read_bytes(file, path_, require(tensor).begin, tensor.values.data(), tensor.values.size_bytes());
  }
}

template <class T>
void read_safetensors(const std::filesystem::path& path, std::span<const NamedTensor<T>> into) {
  const SafetensorsFile file(path);
  for (const SafetensorsFile::Entry& entry : file.entries()) {
    if (std::none_of(into.begin(), into.end(), [&](const NamedTensor<T>& t) { return t.name == entry.name; })) {
      refuse_file(path, fmt::format("has an unexpected tensor '{}': are the weights another model's?", entry.name));
    }
  }
  file.read(into);
}

#define INFODIET_INSTANTIATE(T)                                                                        \
  template void write_safetensors(const std::filesystem::path&, std::span<const NamedTensor<const T>>, \
                                  const std::map<std::string, std::string>&);                          \
  template void SafetensorsFile::read(std::span<const NamedTensor<T>>) const;                          \
  template void read_safetensors(const std::filesystem::path&, std::span<const NamedTensor<T>>);
INFODIET_INSTANTIATE(float)
INFODIET_INSTANTIATE(double)
#undef INFODIET_INSTANTIATE

}  // namespace infodiet::engine
