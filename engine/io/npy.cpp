#include "engine/io/npy.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cstdint>
#include <numeric>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>

#include "engine/errors.hpp"
#include "engine/io/atomic_file.hpp"
#include "engine/io/files.hpp"

namespace infodiet::engine {

namespace {

constexpr std::string_view magic = "\x93NUMPY";
constexpr std::uint64_t longest_header = std::uint64_t{1} << 20;

template <class T>
constexpr const char* descr_of = sizeof(T) == 4 ? "<f4" : "<f8";

/// What a header says: a Python dictionary literal with exactly these keys, in any order.
struct Header {
  std::string descr;
  bool fortran_order = false;
  std::vector<std::size_t> shape;
};

/// Reads the literal from left to right; `fail` reports where it differs from what numpy writes.
class HeaderParser {
 public:
  HeaderParser(const std::filesystem::path& path, std::string_view text) : path_(path), text_(text) {}

  Header parse() {
    Header header;
    bool seen[3] = {};
    expect('{');
    while (!accept('}')) {
      const std::string_view key = string();
      expect(':');
      if (key == "descr" && !seen[0]) {
        seen[0] = true;
        header.descr = string();
      } else if (key == "fortran_order" && !seen[1]) {
        seen[1] = true;
        header.fortran_order = boolean();
      } else if (key == "shape" && !seen[2]) {
        seen[2] = true;
        header.shape = tuple();
      } else {
        fail("has an unexpected key");
      }
      if (!accept(',')) {
        expect('}');
        break;
      }
    }
    skip_space();
    if (at_ != text_.size()) fail("continues after its end");
    if (!seen[0] || !seen[1] || !seen[2]) fail("must have descr, fortran_order and shape");
    return header;
  }

 private:
  [[noreturn]] void fail(std::string_view why) const {
    refuse_file(path_, fmt::format("the header {} (at its character {}): did numpy write it?", why, at_));
  }
  void skip_space() {
    while (at_ < text_.size() && (text_[at_] == ' ' || text_[at_] == '\n')) ++at_;
  }
  bool accept(char c) {
    skip_space();
    if (at_ >= text_.size() || text_[at_] != c) return false;
    ++at_;
    return true;
  }
  void expect(char c) {
    if (!accept(c)) fail(fmt::format("lacks a '{}'", c));
  }
  std::string_view string() {
    skip_space();
    const char quote = at_ < text_.size() ? text_[at_] : '\0';
    if (quote != '\'' && quote != '"') fail("lacks a string; arrays of records are not read");
    const std::size_t begin = ++at_;
    const std::size_t end = text_.find(quote, begin);
    if (end == std::string_view::npos) fail("has an unterminated string");
    at_ = end + 1;
    return text_.substr(begin, end - begin);
  }
  bool boolean() {
    skip_space();
    for (const auto& [word, value] : {std::pair<std::string_view, bool>{"True", true}, {"False", false}}) {
      if (text_.substr(at_, word.size()) != word) continue;
      at_ += word.size();
      return value;
    }
    fail("lacks True or False");
  }
  std::vector<std::size_t> tuple() {
    std::vector<std::size_t> numbers;
    expect('(');
    while (!accept(')')) {
      skip_space();
      std::size_t number = 0;
      const auto [end, error] = std::from_chars(text_.data() + at_, text_.data() + text_.size(), number);
      if (error != std::errc{}) fail("lacks a whole number");
      at_ = static_cast<std::size_t>(end - text_.data());
      numbers.push_back(number);
      if (!accept(',')) {
        expect(')');
        break;
      }
    }
    return numbers;
  }

  const std::filesystem::path& path_;
  std::string_view text_;
  std::size_t at_ = 0;
};

/// Values stored by columns, reordered by rows.
template <class T>
Buffer<T> by_rows(const Buffer<T>& by_columns, std::span<const std::size_t> shape) {
  Buffer<T> result(by_columns.size());
  std::vector<std::size_t> index(shape.size(), 0);
  for (const T& value : by_columns) {
    std::size_t at = 0;
    for (std::size_t axis = 0; axis < shape.size(); ++axis) at = at * shape[axis] + index[axis];
    result[at] = value;
    for (std::size_t axis = 0; axis < shape.size() && ++index[axis] == shape[axis]; ++axis) index[axis] = 0;
  }
  return result;
}

}  // namespace

template <class T>
void write_npy(const std::filesystem::path& path, std::span<const std::size_t> shape, std::span<const T> values) {
  if (elements_of(path, "the array", shape) != values.size()) {
    throw Error(fmt::format("{}: shape {} but {} values", path.string(), shape_text(shape), values.size()));
  }
  std::string extents;
  for (const std::size_t extent : shape) extents += fmt::format("{}, ", extent);
  if (shape.size() > 1) extents.resize(extents.size() - 2);
  if (shape.size() == 1) extents.resize(extents.size() - 1);
  std::string header = fmt::format("{{'descr': '{}', 'fortran_order': False, 'shape': ({}), }}", descr_of<T>, extents);
  constexpr std::size_t preamble = 10;
  header.resize((preamble + header.size() + 1 + 63) / 64 * 64 - preamble - 1, ' ');
  header += '\n';
  const auto length = static_cast<std::uint16_t>(header.size());
  AtomicFile file(path);
  file.write(magic);
  file.write(std::string_view("\x01\x00", 2));
  file.write(bytes_of(length));
  file.write(header);
  file.write(bytes_of(values));
  file.commit();
}

namespace {

/// A file whose header was read; its numbers begin at `begin` and have `bytes` bytes.
struct OpenArray {
  std::ifstream file;
  Header header;
  std::uint64_t begin = 0;
  std::uint64_t bytes = 0;
};

OpenArray open_npy(const std::filesystem::path& path) {
  std::uint64_t size = 0;
  std::ifstream file = open_to_read(path, size);
  char preamble[8] = {};
  if (size < sizeof(preamble) + 2) refuse_file(path, fmt::format("has {} bytes: too short for a .npy file", size));
  read_bytes(file, path, 0, preamble, sizeof(preamble));
  if (std::string_view(preamble, magic.size()) != magic) refuse_file(path, "does not begin like a .npy file");
  const int version = static_cast<unsigned char>(preamble[6]);
  if (version < 1 || version > 3)
    refuse_file(path, fmt::format("has .npy version {}: versions 1 to 3 are supported", version));
  std::uint32_t length = 0;
  const std::size_t length_bytes = version == 1 ? 2 : 4;
  const std::uint64_t header_begin = sizeof(preamble) + length_bytes;
  if (size < header_begin) refuse_file(path, "ends within its header");
  read_bytes(file, path, sizeof(preamble), &length, length_bytes);
  if (length > longest_header || length > size - header_begin) {
    refuse_file(path, fmt::format("says that its header has {} bytes, more than the file or the limit of {}", length,
                                  longest_header));
  }
  std::string text(length, '\0');
  read_bytes(file, path, header_begin, text.data(), text.size());
  Header header = HeaderParser(path, text).parse();
  return {.file = std::move(file),
          .header = std::move(header),
          .begin = header_begin + length,
          .bytes = size - header_begin - length};
}

template <class T>
NpyArray<T> read_array(const std::filesystem::path& path, OpenArray& open) {
  const Header& header = open.header;
  const std::uint64_t expected = elements_of(path, "the array", header.shape) * sizeof(T);
  if (open.bytes != expected) {
    refuse_file(path, fmt::format("holds {} bytes of numbers, but shape {} needs {}", open.bytes,
                                  shape_text(header.shape), expected));
  }
  NpyArray<T> array{header.shape, Buffer<T>(expected / sizeof(T))};
  read_bytes(open.file, path, open.begin, array.values.data(), expected);
  if (header.fortran_order) array.values = by_rows(array.values, array.shape);
  return array;
}

[[noreturn]] void refuse_type(const std::filesystem::path& path, const Header& header, std::string_view needed) {
  refuse_file(path,
              fmt::format("holds '{}' but {} is needed: convert it with astype before saving", header.descr, needed));
}

}  // namespace

template <class T>
NpyArray<T> read_npy(const std::filesystem::path& path) {
  OpenArray open = open_npy(path);
  if (open.header.descr != descr_of<T>) refuse_type(path, open.header, fmt::format("'{}'", descr_of<T>));
  return read_array<T>(path, open);
}

template <class T>
NpyArray<T> read_npy_converted(const std::filesystem::path& path) {
  using Other = std::conditional_t<sizeof(T) == 4, double, float>;
  OpenArray open = open_npy(path);
  if (open.header.descr == descr_of<T>) return read_array<T>(path, open);
  if (open.header.descr != descr_of<Other>) refuse_type(path, open.header, "'<f4' or '<f8'");
  const NpyArray<Other> other = read_array<Other>(path, open);
  NpyArray<T> array{other.shape, Buffer<T>(other.values.size())};
  std::transform(other.values.begin(), other.values.end(), array.values.begin(),
                 [](Other value) { return static_cast<T>(value); });
  return array;
}

template <class T>
void write_npy_directory(const std::filesystem::path& directory, std::span<const NamedTensor<const T>> tensors) {
  std::error_code error;
  std::filesystem::create_directories(directory, error);
  if (error) refuse_file(directory, fmt::format("cannot be made: {}", error.message()));
  for (const NamedTensor<const T>& tensor : tensors) {
    if (std::filesystem::path(tensor.name).filename() != tensor.name) {
      throw Error(fmt::format("tensor '{}' cannot be a file's name: name it without slashes", tensor.name));
    }
    write_npy<T>(directory / (tensor.name + ".npy"), tensor.shape, tensor.values);
  }
}

template <class T>
void read_npy_directory(const std::filesystem::path& directory, std::span<const NamedTensor<T>> into) {
  for (const NamedTensor<T>& tensor : into) {
    const std::filesystem::path path = directory / (tensor.name + ".npy");
    const NpyArray<T> array = read_npy<T>(path);
    if (array.shape != tensor.shape) {
      refuse_file(path, fmt::format("has shape {} but must have {}: are the weights another model's?",
                                    shape_text(array.shape), shape_text(tensor.shape)));
    }
    std::copy(array.values.begin(), array.values.end(), tensor.values.begin());
  }
}

#define INFODIET_INSTANTIATE(T)                                                                            \
  template void write_npy(const std::filesystem::path&, std::span<const std::size_t>, std::span<const T>); \
  template NpyArray<T> read_npy(const std::filesystem::path&);                                             \
  template NpyArray<T> read_npy_converted(const std::filesystem::path&);                                   \
  template void write_npy_directory(const std::filesystem::path&, std::span<const NamedTensor<const T>>);  \
  template void read_npy_directory(const std::filesystem::path&, std::span<const NamedTensor<T>>);
INFODIET_INSTANTIATE(float)
INFODIET_INSTANTIATE(double)
#undef INFODIET_INSTANTIATE

}  // namespace infodiet::engine
