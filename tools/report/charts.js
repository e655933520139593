// Draws every figure of the page by its specification, in its width, and again when that changes. Colours are those of
// the style sheet, so nothing is drawn again for dark mode or print.
"use strict";
(() => {
  const loaded = {};
  const require = (name) => {
    if (!(name in loaded)) {
      const module = { exports: {} };
      vegaModules[name](module.exports, module, require);
      loaded[name] = module.exports;
    }
    return loaded[name];
  };
  const { transforms } = require("vega-dataflow");
  for (const name of ["transforms", "view-transforms", "encode", "label"]) Object.assign(transforms, require("vega-" + name));
  const { View } = require("vega-view");
  const { parse } = require("vega-parser");
  const { expressionInterpreter } = require("vega-interpreter");
  const theme = JSON.parse(document.getElementById("theme").textContent);

  const failed = (chart, error) => {
    chart.classList.add("failed");
    chart.textContent = "This chart could not be drawn; its numbers are in the table. " + error;
    console.error(chart.parentElement.id, error);
  };

  const draw = (figure) => {
    const chart = figure.querySelector(".chart");
    try {
      const specification = JSON.parse(document.getElementById("spec-" + figure.dataset.spec).textContent);
      const values = JSON.parse(figure.querySelector("script").textContent);
      for (const set of specification.data) if (set.name in values) set.values = values[set.name];
      const view = new View(parse(specification, theme, { ast: true }), {
        container: chart.firstElementChild,
        renderer: "svg",
        expr: expressionInterpreter,
        hover: false,
      });
      // Warnings of the library are our mistakes as much as its errors.
      view.logger({ level: () => view.logger(), error: (...e) => failed(chart, e.join(" ")), warn: (...w) => failed(chart, w.join(" ")), info() {}, debug() {} });
      const fit = () => view.width(chart.clientWidth).runAsync().catch((error) => failed(chart, error));
      fit();
      let width = chart.clientWidth;
      new ResizeObserver(() => {
        if (chart.clientWidth === width || chart.clientWidth === 0) return;
        width = chart.clientWidth;
        setTimeout(fit);  // not within the observation, which redrawing would set off again
      }).observe(chart);
    } catch (error) {
      failed(chart, error);
    }
  };
  document.querySelectorAll("figure").forEach(draw);
})();
