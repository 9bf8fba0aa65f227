"use strict";
// Comfort only: the page says everything without it.
for (const table of document.querySelectorAll("table")) {
  const body = table.tBodies[0];
  const value = (row, i) => row.cells[i].dataset.k ?? row.cells[i].textContent;
  const compare = (a, b) => a.localeCompare(b, "en", { numeric: true });
  table.classList.add("sortable");
  table.tHead.addEventListener("click", (event) => {
    const head = event.target.closest("th");
    if (!head) return;
    const up = head.getAttribute("aria-sort") !== "ascending";
    for (const other of table.tHead.rows[0].cells) other.removeAttribute("aria-sort");
    head.setAttribute("aria-sort", up ? "ascending" : "descending");
    const rows = [...body.rows].sort((a, b) => compare(value(a, head.cellIndex), value(b, head.cellIndex)));
    body.append(...(up ? rows : rows.reverse()));
  });
  if (body.rows.length > 12) {
    const input = document.createElement("input");
    input.className = "filter";
    input.type = "search";
    input.placeholder = "only rows with…";
    input.setAttribute("aria-label", "only rows with this text");
    input.addEventListener("input", () => {
      for (const row of body.rows) row.hidden = !row.textContent.toLowerCase().includes(input.value.toLowerCase());
    });
    table.parentNode.before(input);
  }
}
const fabric = document.querySelector(".fabric");
if (fabric) {
  const lines = [...fabric.querySelectorAll("[data-n]")].map((line) => [line, line.dataset.n.split(" ")]);
  for (const node of fabric.querySelectorAll("[data-i]")) {
    node.addEventListener("mouseenter", () => {
      fabric.classList.add("focus");
      for (const [line, ends] of lines) line.classList.toggle("hot", ends.includes(node.dataset.i));
    });
    node.addEventListener("mouseleave", () => fabric.classList.remove("focus"));
  }
}

// On paper everything that is wrong; hundreds of rows of what is well stay folded.
window.addEventListener("beforeprint", () => document.querySelectorAll("details.wrong").forEach((fold) => { fold.open = true; }));
// Whoever follows a number to a sentence that is folded away sees it.
const unfold = () => document.getElementById(location.hash.slice(1))?.closest("details")?.setAttribute("open", "");
window.addEventListener("hashchange", unfold);
