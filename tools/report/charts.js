// Draws every figure of the report from its specification and values in the page.
"use strict";
(() => {
  const read = (element) => JSON.parse(element.textContent);
  const theme = read(document.getElementById("theme"));
  for (const figure of document.querySelectorAll("figure")) {
    const specification = read(document.getElementById("spec-" + figure.dataset.spec));
    drawChart(figure.querySelector(".chart"), specification, read(figure.querySelector("script")), theme);
  }
})();
