// Where bytes come from: packed files, archives, folders, standard input, and inputs that are not data.
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <unistd.h>
#include <zip.h>

#include <boost/iostreams/filter/gzip.hpp>
#include <boost/iostreams/filtering_stream.hpp>
#include <fstream>
#include <map>
#include <sstream>

#include "tests/recsys/import/import_fixture.hpp"

namespace infodiet::recsys {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

constexpr std::string_view two_rows = "user,item,time\nu,b,2\nu,a,1\n";

std::string gzipped(std::string_view content) {
  std::ostringstream packed;
  boost::iostreams::filtering_ostream out;
  out.push(boost::iostreams::gzip_compressor());
  out.push(packed);
  out.write(content.data(), static_cast<std::streamsize>(content.size()));
  out.reset();
  return packed.str();
}

void write_zip(const std::string& path, const std::map<std::string, std::string>& members) {
  zip_t* archive = zip_open(path.c_str(), ZIP_CREATE | ZIP_TRUNCATE, nullptr);
  ASSERT_NE(archive, nullptr);
  for (const auto& [name, content] : members) {
    zip_source_t* source = zip_source_buffer(archive, content.data(), content.size(), 0);
    ASSERT_GE(zip_file_add(archive, name.c_str(), source, ZIP_FL_ENC_UTF_8), 0);
  }
  ASSERT_EQ(zip_close(archive), 0);
}

// Replaces standard input by a file.
class StandardInput {
 public:
  explicit StandardInput(const std::string& path) : saved_(dup(STDIN_FILENO)) {
    if (std::freopen(path.c_str(), "rb", stdin) == nullptr) ADD_FAILURE() << "cannot open " << path;
  }
  ~StandardInput() {
    dup2(saved_, STDIN_FILENO);
    close(saved_);
  }
  StandardInput(const StandardInput&) = delete;
  StandardInput& operator=(const StandardInput&) = delete;

 private:
  int saved_;
};

class ImportInput : public ImportTest {
 protected:
  ImportReport import_path(const std::string& path) { return import_paths(db_, {.paths = {path}}); }
  std::string refusal_of(const std::string& path) {
    try {
      import_path(path);
    } catch (const DataError& error) {
      return error.what();
    }
    ADD_FAILURE() << "nothing was thrown";
    return "";
  }
};

// 20 MiB of one row again and again, which pack to thousands of times less.
std::string nothing_much() {
  std::string text = "user,item,time\n";
  while (text.size() < std::size_t{20} << 20) text += "u,a,1\n";
  return text;
}

TEST_F(ImportInput, RefusesWhatUnpacksToFarMoreThanALogWould) {
  const std::string text = nothing_much();
  const std::string gz = folder_.write("bomb.csv.gz", gzipped(text));
  EXPECT_THAT(refusal_of(gz),
              AllOf(HasSubstr("bomb.csv.gz: "), HasSubstr("over 250 times as much"), HasSubstr("unpack it yourself")));
  const std::string zip = folder_.file("bomb.zip");
  write_zip(zip, {{"ratings.csv", text}});
  EXPECT_THAT(refusal_of(zip), HasSubstr("over 250 times as much"));
  EXPECT_EQ(number("SELECT count(*) FROM interactions"), 0);
}

TEST_F(ImportInput, LooksThroughManyMembersInNoTime) {
  std::map<std::string, std::string> members{{"a/ratings.csv", std::string(two_rows)}};
  for (int i = 0; i < 20000; ++i) members[fmt::format("pictures/{}.png", i)] = "x";
  const std::string zip = folder_.file("many.zip");
  write_zip(zip, members);
  EXPECT_EQ(import_path(zip).accepted, 2);
}

TEST_F(ImportInput, ReadsGzipWhateverItsName) {
  EXPECT_EQ(import_text("rows.csv.gz", gzipped(two_rows)).accepted, 2);
  EXPECT_THAT(history("u"), ElementsAre("a", "b"));
  // Two packed files one after the other count as one.
  EXPECT_EQ(import_text("more", gzipped("user,item,time\nv,b,2\n") + gzipped("v,a,1\n")).accepted, 2);
  EXPECT_THAT(history("v"), ElementsAre("a", "b"));
}

TEST_F(ImportInput, PackedAndPlainAreTheSameContent) {
  import_text("rows.csv", two_rows);
  EXPECT_EQ(import_text("rows.csv.gz", gzipped(two_rows)).outcome, ImportOutcome::unchanged);
}

TEST_F(ImportInput, RefusesGzipCutShort) {
  std::string content = "user,item,time\n";
  for (int i = 0; i < 100'000; ++i) content += "u" + std::to_string(i * 7919 % 100'003) + ",i,1\n";
  std::string packed = gzipped(content);
  for (const std::size_t size : {packed.size() - 1, packed.size() - 8, packed.size() / 2}) {
    EXPECT_THAT(refusal("cut.gz", packed.substr(0, size)), HasSubstr("damaged or cut short")) << size;
  }
  packed[packed.size() / 2] = static_cast<char>(packed[packed.size() / 2] ^ 1);
  EXPECT_THAT(refusal("flipped.gz", packed), HasSubstr("damaged or cut short"));
  EXPECT_EQ(number("SELECT count(*) FROM users"), 0);
}

TEST_F(ImportInput, ReadsTheKnownMembersOfAnArchive) {
  const std::string path = folder_.file("ml.zip");
  write_zip(path, {{"ml/README.txt", "no data"},
                   {"ml/ratings.csv", "userId,movieId,rating,timestamp\n1,2,3,4\n"},
                   {"ml/tags.csv", "userId,movieId,tag,timestamp\n1,2,fun,4\n"},
                   {"ml/movies.csv", "movieId,title,genres\n2,Two,Drama\n"}});
  EXPECT_EQ(import_path(path).accepted, 1);
  EXPECT_EQ(item("2").title, "Two");
}

TEST_F(ImportInput, ReadsTheOnlyMemberOfAnArchive) {
  const std::string path = folder_.file("one.zip");
  write_zip(path, {{"whatever.txt", std::string(two_rows)}});
  EXPECT_EQ(import_path(path).accepted, 2);
}

TEST_F(ImportInput, RefusesDamagedArchives) {
  const std::string path = folder_.file("a.zip");
  std::string content = "user,item\n";
  for (int i = 0; i < 10'000; ++i) content += "u" + std::to_string(i * 7919 % 10'007) + ",i\n";
  write_zip(path, {{"ratings.csv", content}});
  std::stringstream bytes;
  bytes << std::ifstream(path, std::ios::binary).rdbuf();
  EXPECT_THAT(refusal("cut.zip", bytes.str().substr(0, 500)), HasSubstr("zip archive cannot be read"));
  std::string flipped = bytes.str();
  flipped[flipped.size() / 2] = static_cast<char>(flipped[flipped.size() / 2] ^ 0x55);
  EXPECT_THAT(refusal("flipped.zip", flipped), HasSubstr("zip archive cannot be read"));
  write_zip(path, {{"a.txt", "1"}, {"b.txt", "2"}});
  EXPECT_THAT(refusal_of(path), HasSubstr("only: a.txt, b.txt"));
}

TEST_F(ImportInput, ReadsStandardInputPlainAndPacked) {
  {
    const StandardInput input(folder_.write("rows", two_rows));
    EXPECT_EQ(import_path("-").accepted, 2);
  }
  EXPECT_THAT(history("u"), ElementsAre("a", "b"));
  const std::string archive = folder_.file("one.zip");
  write_zip(archive, {{"ratings.csv", "user,item\nv,x\n"}});
  const StandardInput input(archive);
  EXPECT_EQ(import_path("-").accepted, 1);
  EXPECT_EQ(number("SELECT count(*) FROM imports WHERE path LIKE 'standard input%'"), 2);
}

TEST_F(ImportInput, ImportsSeveralPathsAsOne) {
  const ImportReport report =
      import_paths(db_, {.paths = {folder_.write("a.csv", two_rows), folder_.write("b.csv", "user,item,time\nu,c,3\n"),
                                   folder_.write("c.csv", "item,title\nc,See\n")}});
  EXPECT_EQ(report.accepted, 3);
  EXPECT_EQ(report.imported_files.size(), 3U);
  EXPECT_THAT(report.imported_files.front().name, HasSubstr("c.csv"));
  EXPECT_EQ(number("SELECT id FROM items WHERE key = 'c'"), 1);
}

TEST_F(ImportInput, RefusesWhatHoldsNoRows) {
  EXPECT_THAT(refusal_of(folder_.file("absent.csv")), HasSubstr("no such file"));
  EXPECT_THAT(refusal("empty.csv", ""), HasSubstr("the file is empty"));
  EXPECT_THAT(refusal("empty.csv.gz", gzipped("")), HasSubstr("the file is empty"));
  EXPECT_THAT(refusal("blank.csv", "\n\n\n"), HasSubstr("holds no readable line"));
  EXPECT_THAT(refusal("header.csv", "user,item,time\n"), HasSubstr("no row was accepted"));
  EXPECT_THAT(refusal("array.json", "[1, 2]\n"), HasSubstr("cannot recognise this file"));
  EXPECT_THAT(refusal("log.parquet", "PAR1\x15\x04\x15\x10"), HasSubstr("duckdb -c"));
  EXPECT_THAT(refusal_of("/proc/self/exe"), HasSubstr("binary file"));
  EXPECT_THAT(refusal_of("/dev/null"), HasSubstr("the file is empty"));
  EXPECT_THAT(refusal_of(folder_.file("test.db")), HasSubstr("a SQLite database, which infodiet does not import"));
  write_zip(folder_.file("log.xlsx"), {{"[Content_Types].xml", "<x/>"}, {"xl/workbook.xml", "<x/>"}});
  EXPECT_THAT(refusal_of(folder_.file("log.xlsx")), HasSubstr("a spreadsheet, which infodiet does not read"));
  write_zip(folder_.file("log.ods"), {{"mimetype", "x"}, {"content.xml", "<x/>"}});
  EXPECT_THAT(refusal_of(folder_.file("log.ods")), HasSubstr("save each sheet as CSV"));
  folder_.write("folder/notes.txt", "no data");
  EXPECT_THAT(refusal_of(folder_.file("folder")), HasSubstr("only: notes.txt"));
  folder_.write("folder/inner/ratings.csv", two_rows);
  EXPECT_THAT(refusal_of(folder_.file("folder")), HasSubstr("only: notes.txt"));
  EXPECT_EQ(number("SELECT count(*) FROM imports"), 0);
}

TEST_F(ImportInput, RejectsLinesBeyondAnyLength) {
  const std::string content = "user,item\nu,a\nu," + std::string(17U << 20, 'x') + "\nu,b\n";
  const ImportReport report = import_text("a.csv", content);
  EXPECT_EQ(report.accepted, 2);
  EXPECT_EQ(report.first_rejects.at(0).line, 3);
  EXPECT_THAT(report.first_rejects.at(0).reason, HasSubstr("longer than 16 MiB"));
}

TEST_F(ImportInput, TellsHowFarItIs) {
  std::string content = "user,item\n";
  for (int i = 0; i < 400'000; ++i) content += "user" + std::to_string(i % 1000) + ",i\n";
  std::uint64_t last = 0;
  int calls = 0;
  import_paths(db_, {.paths = {folder_.write("a.csv", content)}}, [&](const ImportProgress& progress) {
    if (progress.bytes_total > 0) {
      EXPECT_EQ(progress.bytes_total, content.size());
      EXPECT_GE(progress.bytes_done, last);
      last = progress.bytes_done;
      ++calls;
    }
    return Proceed::yes;
  });
  EXPECT_EQ(last, content.size());
  EXPECT_GT(calls, 3);
}

}  // namespace
}  // namespace infodiet::recsys
