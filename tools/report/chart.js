// drawChart(chart, specification, values, theme): draws `values`, rows by data set, into the first element of `chart`,
// in its width, and again when that changes, replacing the previous drawing. Colours are those of the style sheet, so
// nothing is drawn again for dark mode or print.
"use strict";
const drawChart = (() => {
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
  const drawn = new WeakMap();  // what ends the drawing of a chart

  const failed = (chart, error) => {
    chart.classList.add("failed");
    chart.textContent = "This chart could not be drawn; its numbers are in the table. " + error;
    console.error(error);
  };

  // The tooltip of a mark.
  const tip = document.body.appendChild(document.createElement("div"));
  tip.className = "tip";
  tip.hidden = true;
  const say = (_, event, item, text) => {
    tip.hidden = text == null || text === "";
    if (tip.hidden) return;
    tip.textContent = text;
    const width = document.documentElement.clientWidth;
    tip.style.left = Math.max(8, Math.min(event.pageX + 12, window.scrollX + width - tip.offsetWidth - 8)) + "px";
    tip.style.top = event.pageY + 16 + "px";
  };

  const draw = (chart, specification, values, theme) => {
    for (const set of specification.data) if (set.name in values) set.values = values[set.name];
    const view = new View(parse(specification, theme, { ast: true }), {
      container: chart.firstElementChild,
      renderer: "svg",
      expr: expressionInterpreter,
      hover: false,
      tooltip: say,
    });
    // Warnings of the library are our mistakes too.
    view.logger({ level: () => view.logger(), error: (...e) => failed(chart, e.join(" ")), warn: (...w) => failed(chart, w.join(" ")), info() {}, debug() {} });
    let width = 0;  // a folded chart has none; it is drawn when unfolded
    const fit = () => {
      if (chart.clientWidth === width || chart.clientWidth === 0) return;
      width = chart.clientWidth;
      view.width(width).runAsync().catch((error) => failed(chart, error));
    };
    fit();
    const observer = new ResizeObserver(() => setTimeout(fit));  // not within the observation, which drawing would set off again
    observer.observe(chart);
    drawn.set(chart, () => {
      observer.disconnect();
      view.finalize();
    });
  };
  return (chart, specification, values, theme) => {
    try {
      drawn.get(chart)?.();
      draw(chart, structuredClone(specification), values, theme);
    } catch (error) {
      failed(chart, error);
    }
  };
})();
