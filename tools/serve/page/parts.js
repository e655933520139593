// Parts of the document shared by both halves of the page. Text is always text: nothing from the service is read as
// HTML.

export const $ = (id) => document.getElementById(id);

export const element = (tag, text, attributes = {}) => {
  const made = document.createElement(tag);
  if (text !== undefined) made.textContent = text;
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
  return made;
};

/// Shows or clears an error beside a field.
export const fail = (field, message) => {
  const says = $(`${field}-error`);
  says.textContent = message ?? "";
  says.hidden = !message;
  const input = $(field);
  if (input.tagName !== "INPUT") return;
  if (message) input.setAttribute("aria-invalid", "true");
  else input.removeAttribute("aria-invalid");
};

export const count = (number, one, several) => `${number.toLocaleString("en")} ${number === 1 ? one : several}`;

/// Rows of text under columns {title, number}; the first column names the row.
export const fillTable = (table, caption, { columns, rows }) => {
  const head = element("tr");
  const kind = (column) => (column.number ? { class: "number" } : {});
  head.append(...columns.map((one) => element("th", one.title, { scope: "col", ...kind(one) })));
  const lines = rows.map((row) => {
    const line = element("tr");
    line.append(...row.map((text, i) => element(i === 0 ? "th" : "td", text, { ...(i === 0 && { scope: "row" }), ...kind(columns[i]) })));
    return line;
  });
  const [thead, tbody] = [element("thead"), element("tbody")];
  thead.append(head);
  tbody.append(...lines);
  table.replaceChildren(element("caption", caption), thead, tbody);
};
