#include "recsys/import/slates_file.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "recsys/errors.hpp"
#include "recsys/import/text_source.hpp"
#include "recsys/store/catalogue.hpp"

namespace infodiet::recsys {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

class Text final : public Input {
 public:
  explicit Text(std::string text) : text_(std::move(text)) {}
  const std::string& name() const override { return name_; }
  std::uint64_t size() const override { return text_.size(); }
  std::unique_ptr<ByteSource> open() const override { return std::make_unique<TextSource>(text_); }

 private:
  std::string name_ = "log";
  std::string text_;
};

/// Items are called a to f and numbered from 0.
std::optional<double> number_of(std::string_view key) {
  if (key.size() == 1 && key[0] >= 'a' && key[0] <= 'f') return key[0] - 'a';
  return std::nullopt;
}

SlateFile read_text(const std::string& text) {
  return read_slate_file(Text(text), number_of);
}

/// "line: reason" of the only rejected row.
std::string rejected(const std::string& text) {
  const SlateFile file = read_text(text);
  if (file.rejected.size() != 1) return "rejected " + std::to_string(file.rejected.size());
  return std::to_string(file.rejected[0].line) + ": " + file.rejected[0].reason;
}

TEST(SlateFile, CsvAndJsonLinesSayTheSame) {
  const SlateFile csv = read_text(
      "session,step,user,policy,candidates,slate,probability,chosen,reward,extra\n"
      "s1,1,ann,p,a b c,c a,0.25,a,2,x\n"
      "s2,1,bob,p,\"[\"\"a\"\",\"\"b\"\"]\",b a,1,,0,x\n"
      "s1,2,ann,p,a b,a b,0.5,b,1.5,x\n");
  const SlateFile json = read_text(
      R"({"session":"s1","step":1,"user":"ann","policy":"p","candidates":["a","b","c"],"slate":["c","a"],"probability":0.25,"chosen":"a","reward":2,"extra":"x"}
{"session":"s2","step":1,"user":"bob","policy":"p","candidates":"a b","slate":"b a","probability":1,"chosen":null,"reward":0}
{"session":"s1","step":2,"user":"ann","policy":"p","candidates":["a","b"],"slate":["a","b"],"probability":0.5,"chosen":"b","reward":1.5})");
  for (const SlateFile* file : {&csv, &json}) {
    EXPECT_THAT(file->rejected, IsEmpty());
    EXPECT_THAT(file->unused, ElementsAre("extra"));
    ASSERT_EQ(file->logs.size(), 1);
    const SlateFileLog& log = file->logs[0];
    EXPECT_EQ(log.policy, "p");
    EXPECT_THAT(log.people, ElementsAre("ann", "bob"));
    ASSERT_EQ(log.slates.size(), 3);
    const KeptSlate second = log.slates[1].view();
    EXPECT_EQ(second.session, 0);
    EXPECT_EQ(second.step, 1);
    EXPECT_EQ(second.person, 0);
    EXPECT_THAT(second.slate, ElementsAre(0, 1));
    EXPECT_EQ(second.chosen, 1);
    EXPECT_EQ(second.reward, 1.5);
    EXPECT_EQ(second.probability, 0.5);
    EXPECT_FALSE(log.slates[2].slate.chosen);
  }
}

TEST(SlateFile, NeedsOnlyCandidatesAndSlates) {
  const SlateFile file = read_text("candidates,slate,chosen\na b c,b,b\na b c,c,\n");
  ASSERT_EQ(file.logs.size(), 1);
  ASSERT_EQ(file.logs[0].slates.size(), 2);
  EXPECT_EQ(file.logs[0].slates[1].slate.session, 1);
  EXPECT_EQ(file.logs[0].slates[1].slate.person, 1);
  EXPECT_EQ(file.logs[0].slates[0].slate.reward, 1);
  EXPECT_EQ(file.logs[0].slates[1].slate.reward, 0);
  EXPECT_FALSE(file.logs[0].slates[0].slate.probability);
  EXPECT_THROW(read_text("session,slate\n1,a\n"), DataError);
  EXPECT_THROW(read_text(""), DataError);
  EXPECT_THROW(read_text("candidates,slate\n"), DataError);
}

TEST(SlateFile, RejectsByLineAndLeavesTheSessionOut) {
  const std::string head = "session,step,candidates,slate,probability,chosen,reward\n1,0,a b c,a,.5,a,1\n";
  EXPECT_THAT(rejected(head + "2,0,a b c,a,0,,0\n"), HasSubstr("3: its probability is 0: expected one above 0"));
  EXPECT_THAT(rejected(head + "2,0,a b c,a,1.2,,0\n"), HasSubstr("1.2"));
  EXPECT_THAT(rejected(head + "2,0,a b c,a,,,0\n"), HasSubstr("3: its probability is missing"));
  EXPECT_THAT(rejected(head + "2,0,a b c,a,nan,,0\n"), HasSubstr("3: its probability is"));
  EXPECT_THAT(rejected(head + "2,0,a b c,a,much,,0\n"), HasSubstr("expected a number"));
  EXPECT_THAT(rejected(head + "2,0,a b c,d,.5,,0\n"), HasSubstr("item 'd' is on the slate but not among"));
  EXPECT_THAT(rejected(head + "2,0,a b c,a a,.5,,0\n"), HasSubstr("item 'a' occurs twice in its slate"));
  EXPECT_THAT(rejected(head + "2,0,a b b,a,.5,,0\n"), HasSubstr("twice in its candidates"));
  EXPECT_THAT(rejected(head + "2,0,a b zz,a,.5,,0\n"), HasSubstr("there is no item 'zz'"));
  EXPECT_THAT(rejected(head + "2,0,a b,a,.5,b,0\n"), HasSubstr("'b' was chosen but is not on the slate"));
  EXPECT_THAT(rejected(head + "2,0,a b,a,.5,a,\n"), HasSubstr("its reward is missing"));
  EXPECT_THAT(rejected(head + "2,0,a b,,.5,,0\n"), HasSubstr("its slate is empty"));
  EXPECT_THAT(rejected(head + "2,0,a b,a\n"), HasSubstr("4 fields: expected 7"));
  EXPECT_THAT(rejected(head + "1,0,a b,a,.5,,0\n"), HasSubstr("3: step 0 of session '1' is given twice"));
  EXPECT_THAT(rejected(head + "1,2,a b,a,.5,,0\n"), HasSubstr("3: step 1 of session '1' is missing"));
  EXPECT_THAT(rejected(head + ",0,a b,a,.5,,0\n"), HasSubstr("its session is missing"));
  EXPECT_THAT(rejected(head + "1,1.5,a b,a,.5,,0\n"), HasSubstr("expected a whole number"));
  const SlateFile file = read_text(head + "2,0,a b,a,.5,,0\n2,1,a b,a,7,,0\n");
  EXPECT_EQ(file.sessions_left_out, 1);
  ASSERT_EQ(file.logs.size(), 1);
  EXPECT_EQ(file.logs[0].slates.size(), 1);
}

TEST(SlateFile, KnowsColumnsByOtherSpellingsAndOnlyOnce) {
  const SlateFile file =
      read_text("Session ID,User-Id,Candidates,SLATE,Propensity,clicked\n1,ann,a b,a,0.5,a\n2,bob,a b,b,1,\n");
  EXPECT_THAT(file.unused, IsEmpty());
  EXPECT_TRUE(file.has_probabilities);
  ASSERT_EQ(file.logs.size(), 1);
  EXPECT_EQ(file.logs[0].slates[0].slate.probability, 0.5);
  EXPECT_EQ(file.logs[0].slates[0].slate.chosen, 0);
  EXPECT_THAT(file.logs[0].people, ElementsAre("ann", "bob"));
  EXPECT_FALSE(read_text("candidates,slate\na b,a\n").has_probabilities);
  const auto refusal = [](const std::string& text) -> std::string {
    try {
      read_text(text);
    } catch (const DataError& error) {
      return error.what();
    }
    return "";
  };
  EXPECT_THAT(refusal("candidates,slate,probability,probability\na b,a,.5,.6\n"),
              HasSubstr("columns 'probability' and 'probability' both hold probability"));
  EXPECT_THAT(refusal(R"({"candidates":["a"],"slate":["a"],"pscore":0.5,"propensity":0.6})"),
              HasSubstr("both hold probability"));
}

TEST(SlateFile, RejectsTheSameInJsonLines) {
  const std::string good = R"({"session":1,"candidates":["a","b"],"slate":["a"],"probability":0.5})"
                           "\n\n";
  const auto with = [&](const std::string& slate, const std::string& probability) {
    return rejected(good + R"({"session":2,"candidates":["a","b"],"slate":)" + slate + R"(,"probability":)" +
                    probability + "}\n");
  };
  for (const char* number : {"0", "1.5", "-1", "1e-400", "true", "[0.5]", "\"half\""}) {
    EXPECT_THAT(with(R"(["a"])", number), HasSubstr("3: its probability is")) << number;
  }
  EXPECT_THAT(with(R"(["a"])", "null"), HasSubstr("3: its probability is missing"));
  EXPECT_THAT(with(R"(["c"])", "0.5"), HasSubstr("3: item 'c' is on the slate but not among"));
  EXPECT_THAT(with(R"(["a","a"])", "0.5"), HasSubstr("3: item 'a' occurs twice in its slate"));
  EXPECT_THAT(with("[]", "0.5"), HasSubstr("3: its slate is empty"));
}

TEST(SlateFile, IsStoredOnceOrNotAtAll) {
  Database db = Database::in_memory();
  db.execute("INSERT INTO items (id, key) VALUES (7, 'tea'), (9, 'milk')");
  const Text text(
      "user,policy,candidates,slate,probability,chosen\nann,p,tea milk,milk,.5,\nbob,q,tea milk,tea,.5,tea\n"
      "ann,p,tea milk,tea,.5,tea\nann,p,tea rum,tea,.5,tea\n");
  EXPECT_THROW(import_slates(db, text, 0), DataError);
  EXPECT_THAT(list_slate_logs(db), IsEmpty());
  const SlateImport made = import_slates(db, text, 1);
  EXPECT_TRUE(made.changed);
  EXPECT_THAT(made.logs, ElementsAre(1, 2));
  EXPECT_EQ(made.slates, 3);
  EXPECT_EQ(made.file.rejected.size(), 1);
  EXPECT_TRUE(find_user(db, "bob"));
  std::vector<double> shown;
  read_slates(db, 1, [&](const KeptSlate& slate) {
    EXPECT_EQ(slate.user, find_user(db, "ann"));
    shown.push_back(slate.slate[0]);
  });
  EXPECT_THAT(shown, ElementsAre(9, 7));
  EXPECT_FALSE(import_slates(db, text, 1).changed);
  EXPECT_EQ(list_slate_logs(db).size(), 2);
}

}  // namespace
}  // namespace infodiet::recsys
