// A report as one self-contained HTML page, with data, specifications, style and scripts.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "tools/report/section.hpp"

namespace infodiet::tools::report {

/// The content of a report.
struct Page {
  std::string title;
  std::string lead;                ///< the subject of the page, in one or two sentences
  std::vector<std::string> facts;  ///< a few words each
  std::vector<Section> sections;
};

/// The page. All text of `page` is escaped; equal pages give equal bytes.
std::string html_of(const Page& page);

}  // namespace infodiet::tools::report
