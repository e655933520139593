#include "tools/report/page.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace infodiet::tools::report {
namespace {

using testing::HasSubstr;
using testing::Not;

const std::string hostile = "</script><script>alert(\"1\")</script> & {{vega}} <!--";

Page page_of(const Chart& chart) {
  return {.title = "Title",
          .lead = "Lead.",
          .facts = {"1 person"},
          .sections = {{.id = "one", .title = "One", .lead = "About.", .charts = {chart}}}};
}

Chart example() {
  return {.id = "a",
          .spec = "columns",
          .title = "Chart",
          .sentence = "It rises.",
          .data = {{"rows", Json::array()}},
          .table = {.columns = {{.title = "name"}, {.title = "value", .align = Align::right}},
                    .rows = {{"first", "1"}, {"second", "2"}}}};
}

TEST(ReportPage, HasSentenceTableAndDescriptionOfEveryChart) {
  const std::string html = html_of(page_of(example()));
  EXPECT_THAT(html, HasSubstr("<figcaption>It rises.</figcaption>"));
  EXPECT_THAT(html, HasSubstr("role=\"img\" aria-label=\"One: Chart. It rises.\""));
  EXPECT_THAT(html, HasSubstr("<th scope=\"col\">name</th><th scope=\"col\" class=\"number\">value</th>"));
  EXPECT_THAT(html, HasSubstr("<th scope=\"row\">second</th><td class=\"number\">2</td>"));
  EXPECT_THAT(html, HasSubstr("<script type=\"application/json\" id=\"spec-columns\">"));
  EXPECT_THAT(html, Not(HasSubstr("id=\"spec-label\""))) << "what nothing draws by is left out";
  EXPECT_THAT(html, Not(HasSubstr("{{")));
}

TEST(ReportPage, ShowsTextAsItIs) {
  Chart chart = example();
  chart.title = chart.sentence = chart.legend = chart.table.rows[0][0] = chart.table.columns[0].title = hostile;
  chart.data["rows"].push_back({{"label", hostile}});
  Page page = page_of(chart);
  page.title = page.lead = page.facts[0] = hostile;
  Section& section = page.sections[0];
  section.title = section.lead = hostile;
  section.remarks = {hostile};
  section.missing = {{hostile, hostile}};
  const std::string html = html_of(page);
  const std::string plain = html_of(page_of(example()));
  const auto scripts = [](const std::string& text) {
    std::size_t count = 0;
    for (std::size_t at = text.find("<script"); at != std::string::npos; at = text.find("<script", at + 1)) ++count;
    return count;
  };
  EXPECT_EQ(scripts(html), scripts(plain));
  EXPECT_THAT(html, Not(HasSubstr("alert(\"1\")")));
  EXPECT_THAT(html, Not(HasSubstr("<!--")));
  EXPECT_THAT(html, HasSubstr("<figcaption>&lt;/script&gt;&lt;script&gt;alert(&quot;1&quot;)&lt;/script&gt; &amp; "
                              "{{vega}} &lt;!--</figcaption>"));

  // The data arrive in the script unchanged.
  const std::string open = "<script type=\"application/json\">";
  const std::size_t begin = html.find(open) + open.size();
  EXPECT_EQ(Json::parse(html.substr(begin, html.find("</script>", begin) - begin)), chart.data);
}

TEST(ReportPage, KeepsWhatIsNotUtf8FromBreakingThePage) {
  Chart chart = example();
  chart.data["rows"].push_back({{"label", "\xff\xfe"}});
  EXPECT_THAT(html_of(page_of(chart)), HasSubstr("\xef\xbf\xbd"));
}

TEST(ReportPage, ShowsTheCommandOfWhatIsMissing) {
  Page page = page_of(example());
  page.sections[0].charts.clear();
  page.sections[0].missing = {{"Nothing yet.", "infodiet train"}};
  const std::string html = html_of(page);
  EXPECT_THAT(html, HasSubstr("<code>infodiet train</code>"));
  EXPECT_THAT(html, HasSubstr("<a href=\"#one\" class=\"empty\">"));
}

}  // namespace
}  // namespace infodiet::tools::report
