// The report as a browser shows it. Needs Debian's chromium, and says so where it is not there.
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>

#include "tests/tools/report/reported_world.hpp"

namespace infodiet::test {
namespace {

using testing::HasSubstr;
using testing::Not;

struct Look {
  const char* name;
  int width;
  int scheme;  // 0 dark, 1 light
};

class ReportInBrowser : public testing::TestWithParam<Look> {};

TEST_P(ReportInBrowser, DrawsEveryChartWithoutAWordOnTheConsole) {
  if (std::system("command -v chromium >/dev/null 2>&1") != 0) {
    GTEST_SKIP() << "chromium is not installed, so nobody looks at the page: 'apt-get install chromium'";
  }
  const TemporaryFolder folder;
  ASSERT_EQ(infodiet({"report", "--db", ReportedWorld::get().path(), "-o", folder.file("report.html")}).exit_code, 0);
  // A window has a least width that is more than a phone's, a frame has none.
  const std::string frame = folder.write("frame.html", fmt::format(R"(<!DOCTYPE html>
<iframe src="report.html" width="{}" height="900" style="border: 0"></iframe>
<script>
onload = () => {{
  const page = document.querySelector("iframe").contentDocument;
  // What is folded away is drawn once it is unfolded.
  page.querySelectorAll("details").forEach((fold) => fold.open = true);
  setTimeout(() => {{
  const count = (what) => page.querySelectorAll(what).length;
  const words = [...page.querySelectorAll("svg text")].map((text) => text.textContent);
  const root = page.documentElement;
  document.body.textContent = `charts ${{count("figure")}} drawn ${{count("figure svg")}} failed ${{count(".failed")}} ` +
    `wordless ${{[...page.querySelectorAll("svg")].filter((svg) => !svg.querySelector("text")).length}} ` +
    `nonsense ${{words.filter((word) => /NaN|undefined|null|Infinity/.test(word)).length}} ` +
    `sideways ${{root.scrollWidth - root.clientWidth}}`;
  }}, 1500);
}};
</script>)",
                                                                   GetParam().width));
  const ProgramRun run = run_program(
      {"chromium", "--headless", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage",
       "--disable-background-networking", "--allow-file-access-from-files", "--user-data-dir=" + folder.file("profile"),
       "--enable-logging=stderr", "--v=0", fmt::format("--blink-settings=preferredColorScheme={}", GetParam().scheme),
       "--window-size=1400,1000", "--virtual-time-budget=5000", "--dump-dom", "file://" + frame},
      {.environment = {{"HOME", folder.file("home")}}});
  ASSERT_EQ(run.exit_code, 0) << run.err;
  EXPECT_THAT(run.err, Not(HasSubstr("CONSOLE")));
  EXPECT_THAT(run.out, HasSubstr("charts 28 drawn 28 failed 0 wordless 0 nonsense 0 sideways 0"));
}

INSTANTIATE_TEST_SUITE_P(Looks, ReportInBrowser,
                         testing::Values(Look{"desk_light", 1280, 1}, Look{"phone_dark", 360, 0}),
                         [](const auto& look) { return std::string(look.param.name); });

}  // namespace
}  // namespace infodiet::test
