// What makes the pages more comfortable; each of them works without it. All words stand in the page.
"use strict";

const simple = (words) => words.toLowerCase().normalize("NFKD").replace(/\p{M}/gu, "");

// How like two words are, from 0 to 1: pairs of letters that both have.
const pairs = (word) => [...word].slice(1).map((letter, at) => word[at] + letter);
const alike = (one, other) => {
  const rest = pairs(other);
  const all = pairs(one).length + rest.length;
  const both = pairs(one).filter((pair) => rest.includes(pair) && rest.splice(rest.indexOf(pair), 1));
  return all ? (2 * both.length) / all : 0;
};
const ALIKE = 0.6;

// A box that shows only the lines of a long list which have these words among their names, or else names like them;
// a line that is found by another name than it shows says that name, such as a brand.
for (const list of document.querySelectorAll("[data-filter]")) {
  const lines = [...list.querySelectorAll("li")];
  const shown = new Map(lines.map((line) => [line, simple(line.textContent)]));
  const names = new Map(lines.map((line) => [line, (line.dataset.also || "").split("; ").filter(Boolean)]));
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
    const all = (text) => words.every((word) => text.includes(word));
    const like = (text) => words.every((word) => simple(text).split(/[^\p{L}\p{N}]+/u).some((other) => alike(word, other) >= ALIKE));
    const exact = lines.some((line) => all(shown.get(line)) || names.get(line).some((name) => all(simple(name))));
    let found = 0;
    for (const line of lines) {
      const here = exact ? all(shown.get(line)) : like(shown.get(line));
      const also = here ? [] : names.get(line).filter((name) => (exact ? all(simple(name)) : like(name)));
      const fits = here || also.length > 0;
      found += fits;
      line.hidden = !fits && !line.querySelector(":checked"); // what is ticked is never out of sight
      line.querySelector(".found")?.remove();
      if (words.length && also.length) {
        const name = document.createElement("span");
        name.className = "found";
        name.textContent = also.sort((one, other) => one.length - other.length)[0];
        line.querySelector("label").append(" ", name);
      }
    }
    for (const group of list.querySelectorAll("fieldset")) group.hidden = !group.querySelector("li:not([hidden])");
    const said = !found ? list.dataset.none : exact ? list.dataset.found : list.dataset.near;
    told.textContent = words.length ? said.replace("{count}", found) : "";
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
