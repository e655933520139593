#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <nlohmann/json.hpp>

#include "recsys/store/database.hpp"
#include "tests/tools/report/reported_world.hpp"

namespace infodiet::test {
namespace {

using nlohmann::json;
using testing::HasSubstr;
using testing::Not;

std::string read(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

std::size_t occurrences(const std::string& text, const std::string& part) {
  std::size_t found = 0;
  for (std::size_t at = text.find(part); at != std::string::npos; at = text.find(part, at + part.size())) ++found;
  return found;
}

struct Reported {
  std::string html;
  json result;
};

Reported report(const std::string& db, std::vector<std::string> more = {}) {
  const TemporaryFolder folder;
  more.insert(more.begin(), {"report", "--db", db, "-o", folder.file("report.html"), "--json"});
  const ProgramRun run = infodiet(more);
  EXPECT_EQ(run.exit_code, 0) << run.err;
  return {read(folder.file("report.html")), json::parse(run.out)};
}

json answer(std::vector<std::string> command, const std::string& db) {
  command.insert(command.end(), {"--db", db, "--json"});
  return json::parse(infodiet(command).out);
}

/// The section of that id.
std::string section(const std::string& html, const std::string& id) {
  const std::size_t begin = html.find("<section id=\"" + id + "\"");
  EXPECT_NE(begin, std::string::npos) << id;
  return html.substr(begin, html.find("</section>", begin) - begin);
}

const std::vector<std::string> all_sections = {"opening",   "label",    "weeks",    "lessons",  "plate",
                                               "attention", "timeline", "policies", "learning", "accuracy"};

TEST(ReportCommand, FillsEverySection) {
  const Reported page = report(ReportedWorld::get().path());
  EXPECT_EQ(page.result["charts"], (json{{"opening", 0},
                                         {"label", 1},
                                         {"plate", 1},
                                         {"attention", 1},
                                         {"timeline", 9},
                                         {"policies", 6},
                                         {"lessons", 0},
                                         {"weeks", 7},
                                         {"learning", 2},
                                         {"accuracy", 1}}));
  const std::size_t charts = 28;
  EXPECT_EQ(occurrences(page.html, "<figure "), charts);
  EXPECT_EQ(occurrences(page.html, "role=\"img\" aria-label=\""), charts);
  EXPECT_EQ(occurrences(page.html, "<details"), charts + 9)
      << "a table each, and four charts of all policies and five of weeks folded away";
  EXPECT_EQ(occurrences(page.html, "<figcaption></figcaption>"), 0U) << "every chart has its sentence";
  EXPECT_EQ(occurrences(page.html, "<tbody>\n</tbody>"), 0U) << "every chart has its table";
  EXPECT_EQ(occurrences(page.html, "class=\"missing\"><p>"), 0U) << "nothing is left to fill";
  for (const std::string& id : all_sections) EXPECT_THAT(page.html, HasSubstr("<a href=\"#" + id + "\">"));
  const std::string own = page.html.substr(0, page.html.find("id=\"theme\""));  // what follows is the library
  for (const char* from_elsewhere : {"src=", "@import", "url(", "href=\"http", "<link"}) {
    EXPECT_THAT(own, Not(HasSubstr(from_elsewhere)));
  }
}

TEST(ReportCommand, TellsWhatOtherCommandsTell) {
  const std::string& db = ReportedWorld::get().path();
  const Reported page = report(db, {"--user", "reader-7"});
  EXPECT_EQ(page.result["user"], "reader-7");

  const json diet = answer({"diet", "--user", "reader-7"}, db);
  const std::string label = section(page.html, "label");
  EXPECT_THAT(label, HasSubstr(fmt::format("<td class=\"number\">{:.2f}</td>", diet["novelty"].get<double>())));
  EXPECT_THAT(label, HasSubstr(diet["advice"][0].get<std::string>().substr(0, 20)));
  const std::string plate = section(page.html, "plate");
  const json& variety = diet["equal_draws"];
  EXPECT_THAT(plate, HasSubstr(fmt::format("{:.1f} from what was consumed", variety["consumed"].get<double>())));
  EXPECT_THAT(plate, HasSubstr(fmt::format("{:.1f} from what is shown", variety["shown"].get<double>())));

  const json picks = answer({"recommend", "--user", "reader-7", "-k", "3"}, db);
  for (const json& pick : picks["items"]) {
    EXPECT_THAT(section(page.html, "attention"), HasSubstr(pick["title"].get<std::string>()));
  }

  const json judged = answer({"evaluate"}, db);
  const std::string accuracy = section(page.html, "accuracy");
  for (const json& model : judged["models"]) {
    EXPECT_THAT(accuracy, HasSubstr(fmt::format(">{}</th><td class=\"number\">{:.4f}</td>",
                                                model["name"].get<std::string>(), model["ndcg@10"].get<double>())));
  }
}

TEST(ReportCommand, DrawsTheOptimumAndEveryPointOfASweep) {
  const std::string& path = ReportedWorld::get().path();
  const std::string policies = section(report(path).html, "policies");
  const recsys::Database db(path, recsys::OpenMode::read_only);
  recsys::Statement query = db.prepare(
      "SELECT json_extract(metrics, '$.optimum.value') FROM runs WHERE environment IN ('satiation', 'exploration')");
  while (query.step()) EXPECT_THAT(policies, HasSubstr(fmt::format("optimum {:.1f}", query.real(0))));
  recsys::Statement points = db.prepare(
      "SELECT json_extract(value, '$.diet.\"terms.diversity\".mean') FROM runs, json_each(metrics, '$.points')");
  std::size_t swept = 0;
  while (points.step()) {
    EXPECT_THAT(policies, HasSubstr(fmt::format("<td class=\"number\">{:.3f}</td>", points.real(0))));
    ++swept;
  }
  EXPECT_EQ(swept, 6U);
}

TEST(ReportCommand, ShowsTheRunsAskedFor) {
  const Reported page = report(ReportedWorld::get().path(), {"--run", "2,5"});
  EXPECT_EQ(page.result["charts"]["policies"], 2);
  EXPECT_EQ(page.result["charts"]["timeline"], 2) << "two policies large, all of them small; run 5 is a sweep";
  EXPECT_THAT(section(page.html, "timeline"), HasSubstr("Run 2"));
}

TEST(ReportCommand, TakesSomebodyOfMedianHistoryUnlessTold) {
  const TemporaryFolder folder;
  std::string rows = "user,item\n";
  for (const auto& [user, length] : {std::pair("long", 9), std::pair("short", 1), std::pair("middle", 4)}) {
    for (int i = 0; i < length; ++i) rows += fmt::format("{},i{}\n", user, i);
  }
  const std::string db = folder.file("small.db");
  ASSERT_EQ(infodiet({"import", "--db", db, folder.write("rows.csv", rows)}).exit_code, 0);
  const Reported page = report(db);
  EXPECT_EQ(page.result["user"], "middle");
  EXPECT_THAT(page.html, HasSubstr("a history of 4 items is the median"));
}

TEST(ReportCommand, OpensWithOneSentenceOneGradeAndTenRecommendations) {
  const Reported page = report(ReportedWorld::get().path());
  const std::string opening = section(page.html, "opening");
  EXPECT_LT(page.html.find("<section id=\"opening\""), page.html.find("<section id=\"label\""));
  EXPECT_THAT(opening, testing::ContainsRegex("<p class=\"grade ([A-E])\">[A-E]</p>"));
  EXPECT_THAT(opening, HasSubstr("diet is strongest in"));
  EXPECT_EQ(occurrences(opening, "<li>"), 10U);
  const auto carried = occurrences(opening, "<span>because of “");
  EXPECT_GE(carried, 5U);
  EXPECT_EQ(carried + occurrences(opening, "<span>no single item of the history carries it"), 10U);
}

TEST(ReportCommand, CallsSomebodyWithANumberAUser) {
  const TemporaryFolder folder;
  const std::string db = folder.file("numbers.db");
  std::string rows = "user,item\n";
  for (int user = 80; user < 90; ++user) rows += fmt::format("{},a\n{},b\n{},c\n", user, user, user);
  ASSERT_EQ(infodiet({"import", "--db", db, folder.write("r.csv", rows)}).exit_code, 0);

  EXPECT_THAT(report(db, {"--user", "86"}).html, HasSubstr("<h1>The information diet of user 86</h1>"));
}

TEST(ReportCommand, NeverCallsWhatWasRatedLowAReason) {
  const TemporaryFolder folder;
  const std::string db = folder.file("rated.db");
  std::string rows = "user,item,rating,time\n";
  for (int user = 0; user < 30; ++user) {
    for (int step = 0; step < 8; ++step) {
      rows += fmt::format("u{},film-{},{},{}\n", user, (user + 3 * step) % 20, step == 7 ? 1 : 5, 1000 * step + user);
    }
  }
  ASSERT_EQ(infodiet({"import", "--db", db, folder.write("r.csv", rows)}).exit_code, 0);
  ASSERT_EQ(infodiet({"train", "--db", db, "--epochs", "2", "--quiet"}).exit_code, 0);
  const std::string attention = section(report(db, {"--user", "u3"}).html, "attention");
  EXPECT_THAT(attention, HasSubstr("film-4 (rated low)"));
  EXPECT_THAT(attention, Not(HasSubstr("without “film-4")));
  EXPECT_THAT(attention, HasSubstr("Items rated low are never reasons."));
}

TEST(ReportCommand, ShowsTheCommandThatFillsWhatIsEmpty) {
  const TemporaryFolder folder;
  const std::string path = folder.file("empty.db");
  { const recsys::Database db(path, recsys::OpenMode::create); }
  const Reported page = report(path);
  EXPECT_TRUE(page.result["user"].is_null());
  for (const std::string& id : all_sections) {
    EXPECT_EQ(page.result["charts"][id], 0) << id;
    EXPECT_THAT(section(page.html, id), HasSubstr("<code>infodiet ")) << id;
  }
  const std::string text = infodiet({"report", "--db", path, "-o", folder.file("a.html")}).out;
  EXPECT_THAT(text, HasSubstr("'infodiet train' fills it"));
}

TEST(ReportCommand, ShowsWhatDataSaysAsItIs) {
  const TemporaryFolder folder;
  const std::string script = "<script>alert(1)</script>";
  const std::string end = "</script><!-- & {{style}}";
  std::string rows = "user,item\n";
  for (int user = 0; user < 12; ++user) {
    for (int i = 0; i < 5; ++i) rows += fmt::format("\"<b>{}\"\"&\",i{}\n", user, (user + i) % 12);
  }
  std::string items = "item,title,topics\n";
  for (int i = 0; i < 12; ++i) items += fmt::format("i{},{},<i>{}\n", i, i % 2 == 0 ? script : end, i % 3);
  const std::string db = folder.file("hostile.db");
  ASSERT_EQ(infodiet({"import", "--db", db, folder.write("r.csv", rows), folder.write("i.csv", items)}).exit_code, 0);
  ASSERT_EQ(infodiet({"train", "--db", db, "--set", quick_model, "--epochs", "2"}).exit_code, 0);
  const Reported page = report(db);
  EXPECT_EQ(page.result["charts"]["attention"], 1);
  EXPECT_THAT(page.html, Not(HasSubstr(script)));
  EXPECT_THAT(page.html, Not(HasSubstr("<b>")));
  EXPECT_THAT(page.html, Not(HasSubstr("<i>")));
  EXPECT_THAT(page.html, HasSubstr("&lt;script&gt;alert(1)&lt;/script&gt;"));
  EXPECT_THAT(page.html, HasSubstr("&lt;/script&gt;&lt;!-- &amp; {{style}}"));
  EXPECT_EQ(occurrences(page.html, "<script"), occurrences(page.html, "</script>")) << "no element is ended by data";
  EXPECT_EQ(occurrences(page.html, "<!--"), 0U);
}

TEST(ReportCommand, JudgesAModelByWhatItHasNotSeen) {
  const std::string path = TrainedWorld::get().copy("holdout.db");
  const auto train = [&](const std::string& holdout) {
    const ProgramRun run =
        infodiet({"train", "--db", path, "--set", quick_model, "--epochs", "2", "--holdout", holdout});
    EXPECT_EQ(run.exit_code, 0) << run.err;
    return report(path).html;
  };
  EXPECT_THAT(section(train("temporal:0.9"), "accuracy"), HasSubstr("Temporal: every model ranks all"));
  const std::string everything = train("none");
  EXPECT_THAT(section(everything, "accuracy"), HasSubstr("<code>infodiet train --holdout last</code>"));
  EXPECT_THAT(section(everything, "learning"), HasSubstr("The loss fell from"));
}

TEST(ReportCommand, SaysWhichRunDoesNotReplayAnyMore) {
  const std::string path = ReportedWorld::get().copy("retrained.db");
  ASSERT_EQ(infodiet({"train", "--db", path, "--set", quick_model, "--epochs", "1", "--seed", "9", "--holdout", "none"})
                .exit_code,
            0);
  const Reported page = report(path, {"--run", "4"});
  EXPECT_EQ(page.result["charts"]["timeline"], 0);
  EXPECT_THAT(section(page.html, "timeline"), HasSubstr("replays differently"));
  EXPECT_THAT(section(page.html, "timeline"), HasSubstr("<code>infodiet simulate --environment catalogue"));
}

TEST(ReportCommand, GivesTheSameBytesForTheSameFile) {
  const std::string& path = ReportedWorld::get().path();
  const std::string once = report(path, {"--threads", "1"}).html;
  EXPECT_EQ(once, report(path, {"--threads", "3"}).html);
  EXPECT_THAT(once, Not(HasSubstr(std::filesystem::path(path).parent_path().string()))) << "no path of this machine";
}

TEST(ReportCommand, SaysWhatIsWrongAndLeavesWhatIsThere) {
  const std::string& path = TrainedWorld::get().path();
  const TemporaryFolder folder;
  const std::string there = folder.write("report.html", "as it was");
  const auto run = [&](std::vector<std::string> more) {
    more.insert(more.begin(), {"report", "--db", path});
    return infodiet(more);
  };
  const ProgramRun nowhere = run({});
  EXPECT_EQ(nowhere.exit_code, 2);
  EXPECT_THAT(nowhere.err, HasSubstr("-o"));
  const ProgramRun unknown = run({"-o", there, "--user", "nobody"});
  EXPECT_EQ(unknown.exit_code, 3);
  EXPECT_THAT(unknown.err, HasSubstr("nobody"));
  const ProgramRun no_run = run({"-o", there, "--run", "7"});
  EXPECT_EQ(no_run.exit_code, 3);
  EXPECT_THAT(no_run.err, HasSubstr("infodiet simulate"));
  EXPECT_EQ(run({"-o", there, "--run", "x"}).exit_code, 2);
  EXPECT_EQ(run({"-o", there, "--run", "0"}).exit_code, 2);
  EXPECT_EQ(run({"-o", there, "--run", "1,1"}).exit_code, 2);
  EXPECT_EQ(read(there), "as it was");
  const ProgramRun no_folder = run({"-o", folder.file("no/report.html")});
  EXPECT_EQ(no_folder.exit_code, 1);
  EXPECT_THAT(no_folder.err, HasSubstr(folder.file("no/report.html")));
  EXPECT_EQ(infodiet({"report", "--db", folder.file("no.db"), "-o", there}).exit_code, 1);
  EXPECT_EQ(std::distance(std::filesystem::directory_iterator(folder.file("")), {}), 1) << "nothing half-written stays";
  EXPECT_THAT(infodiet({"report", "--help"}).out, HasSubstr("--user"));
}

TEST(ReportCommand, RefusesStoredResultsThatMakeNoSense) {
  const std::string path = ReportedWorld::get().copy("damaged.db");
  {
    const recsys::Database db(path, recsys::OpenMode::read_write);
    db.execute("UPDATE runs SET metrics = '{\"policies\":[{\"name\":3}]}' WHERE id = 1");
  }
  const ProgramRun run = infodiet({"report", "--db", path, "-o", ReportedWorld::get().file("d.html"), "--run", "1"});
  EXPECT_EQ(run.exit_code, 4);
  EXPECT_THAT(run.err, HasSubstr("run 1"));
}

}  // namespace
}  // namespace infodiet::test
