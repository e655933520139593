// Whatever bytes come in, an import ends in a report or a DataError, and the file stays sound.
#include "engine/random.hpp"
#include "tests/recsys/import/import_fixture.hpp"

namespace infodiet::recsys {
namespace {

// Mostly the characters that formats use, so that the text gets far into the readers.
std::string random_text(engine::RandomStream& stream) {
  static constexpr std::string_view pieces[] = {"user",
                                                "item",
                                                "time",
                                                "rating",
                                                "title",
                                                "genres",
                                                "user,item,time\n",
                                                "1\t2\t3\t978300760\n",
                                                "::",
                                                "1::2::3::4\n",
                                                ",",
                                                ",",
                                                "\n",
                                                "\n",
                                                "\r\n",
                                                "\"",
                                                "\"\"",
                                                "\t",
                                                "|",
                                                ";",
                                                " ",
                                                "1",
                                                "42",
                                                "-7",
                                                "nan",
                                                "1e999",
                                                "u1",
                                                "{\"user\":1,\"item\":2}\n",
                                                "{",
                                                "[",
                                                "]}",
                                                "é",
                                                "\xe9",
                                                "\xff",
                                                "😀",
                                                ":token",
                                                "user_id:token\titem_id:token\n"};
  std::string text;
  const std::uint64_t count = stream.below(200);
  for (std::uint64_t i = 0; i < count; ++i) {
    if (stream.below(20) == 0) {
      text += static_cast<char>(stream.below(256));
    } else {
      text += pieces[stream.below(std::size(pieces))];
    }
  }
  return text;
}

class ImportFuzz : public ImportTest {};

TEST_F(ImportFuzz, WithstandsAnyBytes) {
  constexpr ImportFormat formats[] = {ImportFormat::automatic, ImportFormat::csv,   ImportFormat::movielens,
                                      ImportFormat::recbole,   ImportFormat::pairs, ImportFormat::sequence,
                                      ImportFormat::jsonl};
  db_.execute("PRAGMA synchronous = OFF");
  std::int64_t accepted = 0;
  std::int64_t added = 0;
  for (std::uint64_t seed = 0; seed < 600; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    engine::RandomStream stream(seed, engine::Purpose::test);
    std::string content = random_text(stream);
    if (stream.below(10) == 0) content.insert(0, "\x1f\x8b");
    if (stream.below(10) == 0) content.insert(0, "PK\x03\x04");
    ImportOptions options{.paths = {}, .format = formats[stream.below(std::size(formats))]};
    if (stream.below(5) == 0) options.columns = {{ColumnRole::user, "1"}, {ColumnRole::item, "2"}};
    try {
      const ImportReport report = import_text("f", content, options);
      accepted += report.accepted > 0;
      added += report.accepted;
      EXPECT_LE(report.rejected + report.rejected_attributes, options.max_errors);
    } catch (const DataError& error) {
      EXPECT_GT(std::string(error.what()).size(), 10U);
    }
    ASSERT_EQ(count_contents(db_).interactions, added);
  }
  EXPECT_GT(accepted, 40);  // or the bytes are too random to test anything
  EXPECT_EQ(number("SELECT count(*) FROM pragma_foreign_key_check"), 0);
}

}  // namespace
}  // namespace infodiet::recsys
