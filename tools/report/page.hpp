// A report as one HTML page that needs nothing from elsewhere: data, specifications, style and scripts are in it.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "tools/report/section.hpp"

namespace infodiet::tools::report {

struct Page {
  std::string title;
  std::string lead;                ///< what the page is of, a sentence or two
  std::vector<std::string> facts;  ///< a few words each
  std::vector<Section> sections;
};

/// The page. All text of `page` is shown as it is, whatever it holds; equal pages give equal bytes.
std::string html_of(const Page& page);

}  // namespace infodiet::tools::report
