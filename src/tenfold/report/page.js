// The confusion matrix: a number shows the pictures behind it. It is one stop of the Tab key; from number to number go the
// arrow keys, Home and End.
const numbers = [...document.querySelectorAll("button[aria-controls]")];
const behind = (button) => document.getElementById(button.getAttribute("aria-controls"));
const seen = new Set();

const open = (button) => {
  for (const other of numbers) {
    const chosen = other === button;
    other.setAttribute("aria-expanded", String(chosen));
    behind(other).hidden = !chosen;
  }
  seen.add(button);
};

const stopAt = (button) => {
  for (const other of numbers) other.tabIndex = other === button ? 0 : -1;
};

const neighbour = (button, key) => {
  const cell = button.closest("td");
  const row = cell.parentElement;
  const inRow = [...row.querySelectorAll("button")];
  if (key === "Home") return inRow[0];
  if (key === "End") return inRow[inRow.length - 1];
  const [down, right] = { ArrowDown: [1, 0], ArrowUp: [-1, 0], ArrowRight: [0, 1], ArrowLeft: [0, -1] }[key] ?? [0, 0];
  let [y, x] = [row.rowIndex + down, cell.cellIndex + right];
  const rows = row.closest("table").rows;
  while ((down || right) && rows[y]?.cells[x]) {
    const found = rows[y].cells[x].querySelector("button");
    if (found) return found;
    [y, x] = [y + down, x + right];
  }
  return null;
};

for (const button of numbers) {
  if (button.getAttribute("aria-expanded") === "true") {
    seen.add(button);
    stopAt(button);
  }
  button.addEventListener("click", () => open(button));
  button.addEventListener("focus", () => stopAt(button));
  button.addEventListener("keydown", (event) => {
    const next = event.ctrlKey || event.altKey || event.metaKey ? null : neighbour(button, event.key);
    if (!next) return;
    event.preventDefault();
    next.focus();
  });
}

// On paper all that is folded away is open, as are the numbers that the reader opened; afterwards it is as it was.
let folded = [];
let hidden = [];
addEventListener("beforeprint", () => {
  folded = [...document.querySelectorAll("details:not([open])")];
  hidden = [...seen].map(behind).filter((pictures) => pictures.hidden);
  for (const part of folded) part.open = true;
  for (const pictures of hidden) pictures.hidden = false;
});
addEventListener("afterprint", () => {
  for (const part of folded) part.open = false;
  for (const pictures of hidden) pictures.hidden = true;
});
