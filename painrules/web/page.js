// What makes the pages more comfortable; each of them works without it. All words stand in the page.
"use strict";

const simple = (words) => words.toLowerCase().normalize("NFKD").replace(/\p{M}/gu, "");

// A box that shows only the lines of a long list which have these words among their names.
for (const list of document.querySelectorAll("[data-filter]")) {
  const lines = [...list.querySelectorAll("li")];
  const names = new Map(lines.map((line) => [line, simple(`${line.textContent} ${line.dataset.also || ""}`)]));
  const find = document.createElement("div");
  const label = document.createElement("label");
  const box = document.createElement("input");
  const told = document.createElement("p");
  find.className = "find";
  label.htmlFor = box.id = "find";
  label.textContent = list.dataset.filter;
  box.type = "search";
  box.autocomplete = "off";
  told.setAttribute("role", "status");
  told.className = "quiet";
  find.append(label, box, told);
  list.before(find);
  box.addEventListener("input", () => {
    const words = simple(box.value).split(/\s+/).filter(Boolean);
    let found = 0;
    for (const line of lines) {
      const fits = words.every((word) => names.get(line).includes(word));
      found += fits;
      line.hidden = !fits && !line.querySelector(":checked"); // what is ticked is never out of sight
    }
    for (const group of list.querySelectorAll("fieldset")) group.hidden = !group.querySelector("li:not([hidden])");
    told.textContent = words.length ? list.dataset.found.replace("{count}", found) : "";
  });
  box.addEventListener("keydown", (event) => {
    if (event.key === "Enter") event.preventDefault(); // it would send the form
  });
}

// "True" and "not sure" of the same line exclude each other.
document.addEventListener("change", ({ target }) => {
  const other = target.name === "line" ? "unsure" : target.name === "unsure" ? "line" : "";
  const twin = other && target.checked && document.getElementById(`${other}-${target.value}`);
  if (twin && twin.type === "checkbox") twin.checked = false;
});

// A button that prints the page.
for (const place of document.querySelectorAll("[data-print]")) {
  const button = document.createElement("button");
  button.type = "button";
  button.className = "first";
  button.textContent = place.dataset.print;
  button.addEventListener("click", () => window.print());
  place.prepend(button);
}
