// The confusion matrix: a number shows the pictures behind it, arrow keys go from number to number.
const numbers = [...document.querySelectorAll("button[aria-controls]")];

const open = (button) => {
  for (const other of numbers) {
    const chosen = other === button;
    other.setAttribute("aria-expanded", String(chosen));
    document.getElementById(other.getAttribute("aria-controls")).hidden = !chosen;
  }
};

const neighbour = (button, key) => {
  const cell = button.closest("td");
  const row = cell.parentElement;
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
  button.addEventListener("click", () => open(button));
  button.addEventListener("keydown", (event) => {
    const next = neighbour(button, event.key);
    if (!next) return;
    event.preventDefault();
    next.focus();
  });
}

// On paper everything is open, and afterwards as it was.
let closed = [];
addEventListener("beforeprint", () => {
  closed = [...document.querySelectorAll("details:not([open])")];
  for (const part of closed) part.open = true;
});
addEventListener("afterprint", () => {
  for (const part of closed) part.open = false;
});
