/** The script of the page, which works without it: a filter, the finding of a cell where the reader is, all of it on paper. */
export const PAGE_SCRIPT = `
const form = document.querySelector("form"), table = document.querySelector(".matrix"), dialog = document.querySelector("dialog");
if (form && table) {
  const groups = [...table.tBodies], heads = [...table.tHead.rows[0].cells];
  const rows = groups.flatMap((group) => [...group.rows].slice(1));
  const [guardrail, workload, verdict] = form.elements, said = form.querySelector("output");
  const has = (text, words) => words.every((word) => text.includes(word));
  const words = ({ value }) => value.toLowerCase().split(/\\s+/).filter(Boolean);
  const wanted = (cell) => verdict.value === "" || cell.className.startsWith(verdict.value);
  const names = heads.map((head) => head.textContent.toLowerCase());
  const texts = rows.map((row) => (row.parentElement.rows[0].textContent + " " + row.cells[0].textContent).toLowerCase());
  const filter = () => {
    const [asked, of] = [words(guardrail), words(workload)];
    let columns = heads.map((_, column) => column > 1 && has(names[column], of));
    const shown = rows.map((row, index) => has(texts[index], asked) && [...row.cells].some((cell, column) => columns[column] && wanted(cell)));
    columns = columns.map((is, column) => column < 2 || (is && rows.some((row, index) => shown[index] && wanted(row.cells[column]))));
    rows.forEach((row, index) => { row.hidden = !shown[index]; });
    for (const row of [...table.tHead.rows, ...rows]) columns.forEach((is, column) => { row.cells[column].hidden = !is; });
    const left = columns.filter(Boolean).length;
    for (const group of groups) {
      group.hidden = [...group.rows].slice(1).every((row) => row.hidden);
      group.rows[0].cells[1].colSpan = Math.max(1, left - 1);
    }
    said.value = shown.filter(Boolean).length + " of " + rows.length + " guardrails, " + (left - 2) + " of " + (heads.length - 2) + " workloads";
  };
  form.addEventListener("input", filter);
  form.addEventListener("submit", (event) => event.preventDefault());
  form.addEventListener("reset", () => setTimeout(filter));
  form.hidden = false;
  filter();

  let hot;
  const heat = ({ target }) => {
    hot?.classList.remove("hot");
    hot = heads[target.closest("td[class]")?.cellIndex];
    hot?.classList.add("hot");
  };
  table.addEventListener("pointerover", heat);
  table.addEventListener("focusin", heat);

  table.addEventListener("click", (event) => {
    const link = event.target.closest("a");
    const found = link && document.getElementById(link.hash.slice(1));
    if (!found || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    const [body, [go]] = [dialog.firstElementChild, dialog.querySelectorAll("a")];
    body.replaceChildren(...[found.closest("article").querySelector(".head"), ...found.children].map((part) => part.cloneNode(true)));
    const summary = body.querySelector("summary"), line = document.createElement("p");
    line.append(...summary.childNodes);
    summary.replaceWith(line);
    go.href = link.hash;
    dialog.showModal();
  });
  dialog.querySelector("a").addEventListener("click", () => dialog.close());
  dialog.querySelector("button").addEventListener("click", () => dialog.close());
  dialog.addEventListener("click", ({ target }) => { if (target === dialog) dialog.close(); });
}
addEventListener("beforeprint", () => { for (const one of document.querySelectorAll("details")) one.open = true; });
`;
