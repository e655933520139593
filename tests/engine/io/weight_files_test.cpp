// Weights to and from safetensors and .npy files: round trips are exact to the bit, and inconsistent files are refused.
#include <gtest/gtest.h>

#include <cstring>
#include <fstream>
#include <functional>

#include "engine/errors.hpp"
#include "engine/io/npy.hpp"
#include "engine/io/safetensors.hpp"
#include "engine/transformer/transformer.hpp"
#include "tests/support/read_file.hpp"
#include "tests/support/temporary_folder.hpp"
#include "tests/support/tensors.hpp"

namespace infodiet::engine {
namespace {

void write_file(const std::filesystem::path& path, const std::string& bytes) {
  std::ofstream(path, std::ios::binary) << bytes;
}

using test::read_file;

template <class Number>
std::string bytes_of(Number number) {
  std::string bytes(sizeof(number), '\0');
  std::memcpy(bytes.data(), &number, sizeof(number));
  return bytes;
}

void expect_refused(const std::function<void()>& read, const std::string& part) {
  try {
    read();
    ADD_FAILURE() << "not refused; expected: " << part;
  } catch (const FileError& error) {
    EXPECT_NE(std::string(error.what()).find(part), std::string::npos) << error.what() << "\nlacks: " << part;
  }
}

template <class T>
class WeightFiles : public testing::Test {};
TYPED_TEST_SUITE(WeightFiles, test::Reals);

TEST(SafetensorsFiles, AreNotWrittenWhereNobodyCouldReadThem) {
  const test::TemporaryFolder folder;
  const std::string path = folder.file("long.safetensors");
  const std::string long_text(SafetensorsFile::longest_header, 'x');
  EXPECT_THROW(write_safetensors<float>(path, {}, {{"ids", long_text}}), Error);
  EXPECT_FALSE(std::filesystem::exists(path));
}

TYPED_TEST(WeightFiles, ComeBackToTheBit) {
  using T = TypeParam;
  const test::TemporaryFolder folder;
  ParameterLayout layout;
  const Transformer<T> stack(layout, "stack", {.width = 6, .blocks = 2, .heads = 2, .ffn_width = 7});
  const auto parameters = test::random_parameters<T>(layout, 1);
  const auto tensors = named_tensors(layout, parameters);
  write_safetensors<T>(folder.file("weights.safetensors"), tensors, {{"model", "test \"quoted\""}});
  write_npy_directory<T>(folder.file("weights"), tensors);

  Parameters<T> again(layout);
  read_safetensors<T>(folder.file("weights.safetensors"), named_tensors(layout, again));
  EXPECT_TRUE(std::equal(again.flat().begin(), again.flat().end(), parameters.flat().begin()));
  again.clear();
  read_npy_directory<T>(folder.file("weights"), named_tensors(layout, again));
  EXPECT_TRUE(std::equal(again.flat().begin(), again.flat().end(), parameters.flat().begin()));

  const SafetensorsFile file(folder.file("weights.safetensors"));
  EXPECT_EQ(file.entries().size(), layout.entries().size());
  EXPECT_EQ(file.entries()[0].name, "stack.block.0.attention_norm.gain");
  EXPECT_EQ(file.metadata().at("model"), "test \"quoted\"");
}

TYPED_TEST(WeightFiles, OfAnotherModelAreRefused) {
  using T = TypeParam;
  const test::TemporaryFolder folder;
  const auto path = folder.file("weights.safetensors");
  std::vector<T> values{1, 2, 3, 4, 5, 6};
  const std::vector<NamedTensor<const T>> written{{"a", {2, 3}, values}, {"b", {}, std::span(values).first(1)}};
  write_safetensors<T>(path, written);
  write_npy_directory<T>(folder.file("npy"), written);
  std::vector<T> into(6);
  using Tensors = std::vector<NamedTensor<T>>;
  const NamedTensor<T> b{"b", {}, std::span(into).first(1)};
  expect_refused([&] { read_safetensors<T>(path, Tensors{{"a", {3, 2}, into}, b}); }, "'a' has shape (2, 3) but");
  expect_refused([&] { read_safetensors<T>(path, Tensors{{"a", {2, 3}, into}}); }, "unexpected tensor 'b'");
  expect_refused(
      [&] {
        read_safetensors<T>(path, Tensors{{"a", {2, 3}, into}, b, {"c", {1}, std::span(into).first(1)}});
      },
      "no tensor 'c'");
  expect_refused([&] { read_npy_directory<T>(folder.file("npy"), Tensors{{"a", {3, 2}, into}}); }, "has shape (2, 3)");
  expect_refused([&] { read_npy_directory<T>(folder.file("npy"), Tensors{{"c", {3, 2}, into}}); }, "c.npy");
  using Other = std::conditional_t<sizeof(T) == 4, double, float>;
  std::vector<Other> other(6);
  expect_refused(
      [&] {
        SafetensorsFile(path).read<Other>(std::vector<NamedTensor<Other>>{{"a", {2, 3}, other}});
      },
      sizeof(T) == 4 ? "F32" : "F64");
  expect_refused([&] { read_npy<Other>(folder.file("npy/a.npy")); }, sizeof(T) == 4 ? "'<f4'" : "'<f8'");
  EXPECT_THROW(write_safetensors<T>(path, std::vector<NamedTensor<const T>>{{"a", {2, 2}, values}}), Error);
  EXPECT_THROW(write_safetensors<T>(path, std::vector<NamedTensor<const T>>{written[0], written[0]}), Error);
  EXPECT_EQ(into, std::vector<T>(6)) << "tensors must be checked before the first is read";
  EXPECT_THROW(write_safetensors<T>(folder.file("none/x.safetensors"), written), std::system_error);
  EXPECT_THROW(write_npy_directory<T>(folder.file("npy"), std::vector<NamedTensor<const T>>{{"../a", {2, 3}, values}}),
               Error);
}

/// A safetensors file of this header and so many bytes of data.
std::string safetensors_of(const std::string& header, std::size_t data) {
  return bytes_of<std::uint64_t>(header.size()) + header + std::string(data, '\0');
}

TEST(HostileSafetensors, AreRefusedBeforeAnythingIsAllocated) {
  const test::TemporaryFolder folder;
  const auto path = folder.file("hostile.safetensors");
  const auto tensor = [](const std::string& name, const std::string& shape, const std::string& offsets,
                         const std::string& dtype = "F32") {
    return "\"" + name + R"(": {"dtype": ")" + dtype + R"(", "shape": )" + shape + R"(, "data_offsets": )" + offsets +
           "}";
  };
  const std::string nested(100000, '[');
  const std::vector<std::pair<std::string, std::string>> cases{
      {"", "too short"},
      {"1234567", "too short"},
      {bytes_of<std::uint64_t>(~std::uint64_t{0}), "over the limit"},
      {bytes_of<std::uint64_t>(std::uint64_t{1} << 40), "over the limit"},
      {bytes_of<std::uint64_t>(100) + "{}", "cut short"},
      {safetensors_of("", 0), "not JSON"},
      {safetensors_of("{", 0), "not JSON"},
      {safetensors_of("[]", 0), "not a JSON object"},
      {safetensors_of("{} {}", 0), "not JSON"},
      {safetensors_of("{\"a\": " + nested, 0), "nested"},
      {safetensors_of("{\"\xff\": 1}", 0), "not JSON"},
      {safetensors_of("{" + tensor("a", "[1]", "[0, 4]") + "," + tensor("a", "[1]", "[4, 8]") + "}", 8), "'a' twice"},
      {safetensors_of(R"({"a": {"dtype": "F32", "dtype": "F64", "shape": [1], "data_offsets": [0, 8]}})", 8), "twice"},
      {safetensors_of(R"({"a": 5})", 0), "must have dtype"},
      {safetensors_of(R"({"a": {"dtype": "F32", "shape": [1]}})", 4), "must have dtype"},
      {safetensors_of("{" + tensor("a", "[1]", "[0, 4]", "F31") + "}", 4), "unknown type 'F31'"},
      {safetensors_of("{" + tensor("a", "[-1]", "[0, 4]") + "}", 4), "shape must be"},
      {safetensors_of("{" + tensor("a", "[1.5]", "[0, 4]") + "}", 4), "shape must be"},
      {safetensors_of("{" + tensor("a", "7", "[0, 4]") + "}", 4), "shape must be"},
      {safetensors_of("{" + tensor("a", "[1]", "[0]") + "}", 4), "does not lie within"},
      {safetensors_of("{" + tensor("a", "[1]", "[4, 0]") + "}", 4), "does not lie within"},
      {safetensors_of("{" + tensor("a", "[1]", "[4, 8]") + "}", 4), "does not lie within"},
      {safetensors_of("{" + tensor("a", "[1]", "[0, 18446744073709551615]") + "}", 4), "does not lie within"},
      {safetensors_of("{" + tensor("a", "[1]", "[0, 18446744073709551616]") + "}", 4), "must be a list"},
      {safetensors_of("{" + tensor("a", "[4294967296, 4294967296, 4294967296]", "[0, 4]") + "}", 4), "more elements"},
      {safetensors_of("{" + tensor("a", "[4611686018427387904, 4]", "[0, 0]") + "}", 0), "more elements"},
      {safetensors_of("{" + tensor("a", "[2]", "[0, 4]") + "}", 4), "takes 4 bytes"},
      {safetensors_of("{" + tensor("a", "[2]", "[0, 8]") + "," + tensor("b", "[2]", "[4, 12]") + "}", 12), "overlap"},
      {safetensors_of("{" + tensor("a", "[2]", "[0, 8]") + "," + tensor("b", "[2]", "[0, 8]") + "}", 8), "overlap"},
      {safetensors_of("{" + tensor("a", "[1]", "[0, 4]") + "," + tensor("b", "[1]", "[8, 12]") + "}", 12), "gap"},
      {safetensors_of("{" + tensor("a", "[1]", "[0, 4]") + "}", 5), "after its last tensor"},
      {safetensors_of(R"({"__metadata__": []})", 0), "metadata"},
      {safetensors_of(R"({"__metadata__": {"a": 1}})", 0), "metadata"},
  };
  for (const auto& [bytes, why] : cases) {
    write_file(path, bytes);
    expect_refused([&] { SafetensorsFile{path}; }, why);
  }
  expect_refused([&] { SafetensorsFile{folder.file("absent")}; }, "absent");
  expect_refused([&] { SafetensorsFile{folder.file(".")}; }, "is not a file");
}

TEST(HostileSafetensors, EveryTruncationAndFlippedByteIsRefusedOrHarmless) {
  const test::TemporaryFolder folder;
  const auto path = folder.file("weights.safetensors");
  const std::vector<float> values{1, 2, 3, 4, 5, 6};
  write_safetensors<float>(path, std::vector<NamedTensor<const float>>{{"a", {2, 3}, values}, {"b", {6}, values}});
  const std::string good = read_file(path);
  for (std::size_t size = 0; size < good.size(); ++size) {
    write_file(path, good.substr(0, size));
    EXPECT_THROW(SafetensorsFile{path}, FileError) << "cut to " << size;
  }
  for (std::size_t i = 0; i < good.size(); ++i) {
    for (const char mask : {1, 4, 32, -128}) {
      std::string bad = good;
      bad[i] = static_cast<char>(bad[i] ^ mask);
      write_file(path, bad);
      try {
        const SafetensorsFile file(path);
        for (const auto& entry : file.entries()) EXPECT_LE(entry.end, good.size());
      } catch (const FileError&) {
        // refused, as most are
      }
    }
  }
}

std::string npy_of(const std::string& header, std::size_t data, char version = 1) {
  const std::string length = version == 1 ? bytes_of(static_cast<std::uint16_t>(header.size()))
                                          : bytes_of(static_cast<std::uint32_t>(header.size()));
  return std::string("\x93NUMPY") + version + '\0' + length + header + std::string(data, '\0');
}

TEST(HostileNpy, IsRefusedBeforeAnythingIsAllocated) {
  const test::TemporaryFolder folder;
  const auto path = folder.file("hostile.npy");
  const auto header = [](const std::string& shape, const std::string& descr = "'<f4'") {
    return "{'descr': " + descr + ", 'fortran_order': False, 'shape': " + shape + ", }\n";
  };
  const std::vector<std::pair<std::string, std::string>> cases{
      {"", "too short"},
      {"\x93NUMPZ: not what it claims to be", "does not begin"},
      {npy_of(header("(1,)"), 4, 4), "version 4"},
      {npy_of(header("(1,)"), 4).substr(0, 20), "more than the file"},
      {std::string("\x93NUMPY\x02\x00", 8) + bytes_of(~std::uint32_t{0}), "more than the file"},
      {npy_of("", 4), "lacks a '{'"},
      {npy_of("{}", 0), "must have"},
      {npy_of("{'descr': '<f4', 'shape': (1,)}", 4), "must have"},
      {npy_of("{'descr': '<f4', 'descr': '<f4', 'fortran_order': False, 'shape': (1,)}", 4), "unexpected key"},
      {npy_of(header("(1,)") + "x", 4), "continues after its end"},
      {npy_of(header("(1,)", "[('a', '<f4')]"), 4), "records"},
      {npy_of(header("(1,)", "'|O'"), 4), "'|O'"},
      {npy_of(header("(1,)", "'>f4'"), 4), "'>f4'"},
      {npy_of(header("(-1,)"), 4), "whole number"},
      {npy_of(header("(99999999999999999999999,)"), 4), "whole number"},
      {npy_of(header("(1"), 4), "lacks a"},
      {npy_of(header("(4294967296, 4294967296)"), 4), "more elements"},
      {npy_of(header("(1000000000000,)"), 4), "holds 4 bytes"},
      {npy_of(header("(1,)"), 5), "holds 5 bytes"},
      {npy_of("{'descr: ", 0), "unterminated"},
      {npy_of("{'descr': '<f4', 'fortran_order': Maybe, 'shape': (1,)}", 4), "True or False"},
  };
  for (const auto& [bytes, why] : cases) {
    write_file(path, bytes);
    expect_refused([&] { read_npy<float>(path); }, why);
  }
}

TEST(Npy, ConvertsFloatsOfEitherSize) {
  const test::TemporaryFolder folder;
  const auto path = folder.file("array.npy");
  write_npy<double>(path, std::vector<std::size_t>{3}, std::vector<double>{0.1, -1e39, 2});
  const auto narrowed = read_npy_converted<float>(path);
  EXPECT_EQ(narrowed.shape, std::vector<std::size_t>{3});
  EXPECT_EQ(narrowed.values[0], 0.1F);
  EXPECT_EQ(narrowed.values[1], -std::numeric_limits<float>::infinity());
  EXPECT_EQ(read_npy_converted<double>(path).values[0], 0.1);
  write_npy<float>(path, std::vector<std::size_t>{1}, std::vector<float>{0.1F});
  EXPECT_EQ(read_npy_converted<double>(path).values[0], static_cast<double>(0.1F));
  write_file(path, npy_of("{'descr': '<f2', 'fortran_order': False, 'shape': (2,), }\n", 4));
  expect_refused([&] { read_npy_converted<float>(path); }, "holds '<f2' but '<f4' or '<f8' is needed");
  write_file(path, npy_of("{'descr': '<f8', 'fortran_order': False, 'shape': (2,), }\n", 8));
  expect_refused([&] { read_npy_converted<float>(path); }, "needs 16");
}

TEST(Npy, ReadsEveryVersionScalarsAndColumns) {
  const test::TemporaryFolder folder;
  const auto path = folder.file("array.npy");
  for (const char version : {'\1', '\2', '\3'}) {
    write_file(path, npy_of("{\"shape\" : ( 2 , 0 ) ,\"fortran_order\": False,'descr': '<f8'}", 0, version));
    EXPECT_EQ(read_npy<double>(path).shape, (std::vector<std::size_t>{2, 0}));
  }
  const std::vector<double> value{7.5};
  write_npy<double>(path, {}, value);
  EXPECT_EQ(read_npy<double>(path).shape, std::vector<std::size_t>{});
  EXPECT_EQ(read_npy<double>(path).values[0], 7.5);
  EXPECT_EQ(read_file(path).size() % 64, 8U);  // data begin at a multiple of 64, as numpy's do

  // [[0, 1, 2], [3, 4, 5]] stored by columns
  std::string columns = npy_of("{'descr': '<f4', 'fortran_order': True, 'shape': (2, 3), }", 0);
  for (const float number : {0, 3, 1, 4, 2, 5}) columns += bytes_of(number);
  write_file(path, columns);
  const auto array = read_npy<float>(path);
  for (std::size_t i = 0; i < 6; ++i) EXPECT_EQ(array.values[i], static_cast<float>(i));
}

}  // namespace
}  // namespace infodiet::engine
