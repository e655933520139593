#include "tools/report/page.hpp"

#include <fmt/format.h>

#include <map>
#include <set>
#include <stdexcept>

#include "engine/io/json_text.hpp"
#include "tools/report/assets.hpp"
#include "tools/report/html.hpp"

namespace infodiet::tools::report {

namespace {

/// JSON for a script element. Nothing in it can end the element: "<" is escaped, which in JSON occurs only in texts.
std::string script_json(const Json& json) {
  const std::string text = engine::json_text(json);
  std::string out;
  out.reserve(text.size());
  for (const char c : text) {
    if (c == '<') {
      out += "\\u003c";
    } else {
      out += c;
    }
  }
  return out;
}

/// A script for a script element. What would end the element, or keep it open, can only occur in the script's strings
/// and patterns, where a backslash changes nothing.
std::string script_text(std::string_view script) {
  std::string out;
  for (std::size_t i = 0; i < script.size(); ++i) {
    out += script[i];
    const std::string_view rest = script.substr(i + 1);
    if (script[i] == '<' && (rest.starts_with("/script") || rest.starts_with("!--"))) out += '\\';
  }
  return out;
}

std::string cell_class(const Column& column) {
  return column.align == Align::right ? " class=\"number\"" : "";
}

std::string html_of(const DataTable& table, const std::string& caption) {
  std::string out = fmt::format(
      "<div class=\"scroll\" tabindex=\"0\" role=\"region\" aria-label=\"{0}\"><table><caption>{0}</caption>\n<thead>"
      "<tr>",
      escape_html(caption));
  for (const Column& column : table.columns) {
    out += fmt::format("<th scope=\"col\"{}>{}</th>", cell_class(column), escape_html(column.title));
  }
  out += "</tr></thead>\n<tbody>\n";
  for (const std::vector<std::string>& row : table.rows) {
    out += "<tr>";
    for (std::size_t c = 0; c < row.size(); ++c) {
      const char* tag = c == 0 ? "th scope=\"row\"" : "td";
      out += fmt::format("<{}{}>{}</{}>", tag, cell_class(table.columns[c]), escape_html(row[c]), c == 0 ? "th" : "td");
    }
    out += "</tr>\n";
  }
  return out + "</tbody></table></div>\n";
}

std::string html_of(const Chart& chart, const std::string& section_title) {
  const std::string name = chart.title.empty() ? section_title : fmt::format("{}: {}", section_title, chart.title);
  std::string out;
  if (!chart.fold.empty())
    out += fmt::format("<details class=\"more\"><summary>{}</summary>\n", escape_html(chart.fold));
  out += fmt::format("<figure id=\"chart-{}\" data-spec=\"{}\">\n", chart.id, chart.spec);
  if (!chart.title.empty()) out += fmt::format("<h3>{}</h3>\n", escape_html(chart.title));
  if (!chart.lead.empty()) out += fmt::format("<p class=\"lead\">{}</p>\n", escape_html(chart.lead));
  out += fmt::format("<figcaption>{}</figcaption>\n", escape_html(chart.sentence));
  out += fmt::format("<div class=\"chart\" role=\"img\" aria-label=\"{}\"><div class=\"canvas\"></div></div>\n",
                     escape_html(fmt::format("{}. {}", name, chart.sentence)));
  out += fmt::format("<script type=\"application/json\">{}</script>\n", script_json(chart.data));
  if (!chart.legend.empty()) out += fmt::format("<p class=\"legend\">{}</p>\n", escape_html(chart.legend));
  out += fmt::format("<details{}><summary>The numbers</summary>\n{}</details>\n</figure>\n",
                     chart.table_open ? " open" : "", html_of(chart.table, name));
  if (!chart.fold.empty()) out += "</details>\n";
  return out;
}

/// The start of a section: its grade, its lead and its list.
std::string opening_of(const Section& section) {
  std::string out;
  if (section.grade) {
    out += fmt::format("<div class=\"verdict\"><p class=\"grade {0}\">{0}</p>\n", *section.grade);
    out += fmt::format("<div><p class=\"said\">{}</p><p class=\"legend\">{}</p></div></div>\n",
                       escape_html(section.lead), escape_html(section.grade_meaning));
  } else if (!section.lead.empty()) {
    out += fmt::format("<p class=\"lead\">{}</p>\n", escape_html(section.lead));
  }
  if (section.picks.empty()) return out;
  out += fmt::format("<h3>{}</h3>\n<ol class=\"picks\">\n", escape_html(section.picks_title));
  for (const Recommended& pick : section.picks) {
    out += fmt::format("<li><strong>{}</strong> <span>{}</span></li>\n", escape_html(pick.title),
                       escape_html(pick.reason));
  }
  return out + "</ol>\n";
}

std::string html_of(const Section& section) {
  std::string out = fmt::format("<section id=\"{0}\" aria-labelledby=\"{0}-title\">\n<h2 id=\"{0}-title\">{1}</h2>\n",
                                section.id, escape_html(section.title));
  out += opening_of(section);
  for (const Chart& chart : section.charts) out += html_of(chart, section.title);
  for (const std::string& remark : section.remarks) out += fmt::format("<p>{}</p>\n", escape_html(remark));
  for (const Missing& missing : section.missing) {
    out += fmt::format(
        "<div class=\"missing\"><p>{} This command fills it:</p>\n<pre tabindex=\"0\"><code>{}</code>"
        "</pre></div>\n",
        escape_html(missing.reason), escape_html(missing.command));
  }
  return out + "</section>\n";
}

std::string contents(const std::vector<Section>& sections) {
  std::string out = "<ol>\n";
  for (const Section& section : sections) {
    const bool empty = section.charts.empty() && section.picks.empty() && section.remarks.empty();
    out += fmt::format("<li><a href=\"#{}\"{}>{}</a></li>\n", section.id, empty ? " class=\"empty\"" : "",
                       escape_html(section.title));
  }
  return out + "</ol>\n";
}

/// The specifications of all charts, each once.
std::string specifications(const std::vector<Section>& sections) {
  std::set<std::string> names;
  for (const Section& section : sections) {
    for (const Chart& chart : section.charts) names.insert(chart.spec);
  }
  std::string out;
  for (const std::string& name : names) {
    out += fmt::format("<script type=\"application/json\" id=\"spec-{}\">{}</script>\n", name,
                       script_json(engine::parse_json<Json>(asset(name + ".vg.json"))));
  }
  return out;
}

/// The template with every {{name}} replaced; replacements are not expanded again.
std::string filled(std::string_view page, const std::map<std::string, std::string, std::less<>>& values) {
  std::string out;
  for (;;) {
    const std::size_t begin = page.find("{{");
    out += page.substr(0, begin);
    if (begin == std::string_view::npos) return out;
    const std::size_t end = page.find("}}", begin);
    const std::string_view name = page.substr(begin + 2, end - begin - 2);
    const auto value = values.find(name);
    if (end == std::string_view::npos || value == values.end()) {
      throw std::logic_error(fmt::format("page.html: there is no value for {{{{{}}}}}", name));
    }
    out += value->second;
    page.remove_prefix(end + 2);
  }
}

}  // namespace

std::string html_of(const Page& page) {
  std::string facts;
  for (const std::string& fact : page.facts) facts += fmt::format("<li>{}</li>\n", escape_html(fact));
  std::string sections;
  for (const Section& section : page.sections) sections += html_of(section);
  return filled(asset("page.html"),
                {{"title", escape_html(page.title)},
                 {"style", std::string(asset("style.css"))},
                 {"lead", escape_html(page.lead)},
                 {"facts", facts},
                 {"contents", contents(page.sections)},
                 {"sections", sections},
                 {"specifications", specifications(page.sections)},
                 {"theme", script_json(engine::parse_json<Json>(asset("theme.json")))},
                 {"vega", script_text(asset("vega.js"))},
                 {"charts", script_text(std::string(asset("chart.js")).append(asset("charts.js")))}});
}

}  // namespace infodiet::tools::report
