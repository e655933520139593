// The page at / and its files, which are embedded in the program.
#include <array>
#include <utility>

#include "tools/report/assets.hpp"
#include "tools/serve/errors.hpp"
#include "tools/serve/handlers.hpp"
#include "tools/serve/page/assets.hpp"

namespace infodiet::tools::serve {
namespace {

// The page runs only its own scripts and contacts only its own server.
constexpr const char* content_policy =
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self'; base-uri 'none'; "
    "form-action 'none'; frame-ancestors 'none'";

struct File {
  std::string_view name;
  const char* content_type;
  std::string_view (*asset)(std::string_view name);
};
constexpr const char* script_type = "text/javascript; charset=utf-8";
constexpr const char* json_type = "application/json";
constexpr std::array static_files{File{"page.css", "text/css; charset=utf-8", page_files::asset},
                                  File{"style.css", "text/css; charset=utf-8", report::asset},
                                  File{"icon.svg", "image/svg+xml", page_files::asset},
                                  File{"page.js", script_type, page_files::asset},
                                  File{"ask.js", script_type, page_files::asset},
                                  File{"parts.js", script_type, page_files::asset},
                                  File{"scene.js", script_type, page_files::asset},
                                  File{"session.js", script_type, page_files::asset},
                                  File{"many.js", script_type, page_files::asset},
                                  File{"earned.vg.json", json_type, page_files::asset},
                                  File{"many.vg.json", json_type, page_files::asset},
                                  File{"chart.js", script_type, report::asset},
                                  File{"vega.js", script_type, report::asset},
                                  File{"theme.json", json_type, report::asset},
                                  File{"label.vg.json", json_type, report::asset}};

Reply file_reply(const char* content_type, std::string_view text) {
  return {.body = std::string(text),
          .content_type = content_type,
          .headers = {{"Content-Security-Policy", content_policy}, {"Referrer-Policy", "no-referrer"}}};
}

}  // namespace

Reply page(Service&, const Call&) {
  return file_reply("text/html; charset=utf-8", page_files::asset("page.html"));
}

Reply page_file(Service&, const Call& call) {
  for (const File& file : static_files) {
    if (file.name == call.part("file")) return file_reply(file.content_type, file.asset(file.name));
  }
  throw RequestError(404, "the page has no such file; GET / is the page");
}

}  // namespace infodiet::tools::serve
