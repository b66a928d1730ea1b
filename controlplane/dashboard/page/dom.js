// In-place updates: a node is written only if its text or attribute really changes, so that focus, selection and open
// <details> survive. Text goes in as text, never as markup.

const kLongest = 600;

// At most kLongest characters, without cutting one in two.
function clip(value) {
  const text = String(value ?? "");
  if (text.length <= kLongest) return text;
  const start = [...text.slice(0, 2 * kLongest)].slice(0, kLongest).join("");
  return start === text ? text : `${start}…`;
}

export function write(node, value) {
  const text = clip(value);
  if (node.textContent !== text) node.textContent = text;
}

export function mark(node, name, value) {
  if (value === null || value === undefined) node.removeAttribute(name);
  else if (node.getAttribute(name) !== String(value)) node.setAttribute(name, value);
}

export function show(node, visible) {
  if (node.hidden === visible) node.hidden = !visible;
}

// The elements below `root` that have a data-part, by that name.
export function parts(root) {
  const found = { root };
  for (const node of root.querySelectorAll("[data-part]")) found[node.dataset.part] ??= node;
  return found;
}

export function stamp(template) {
  return document.getElementById(template).content.firstElementChild.cloneNode(true);
}

// `level`: ok, warn, bad, idle or busy. Sets the colour of `node` and the shape that it begins with.
export function setLevel(node, level) {
  mark(node, "data-level", level);
  if (!node.firstElementChild?.classList.contains("shape")) node.prepend(stamp("shape"));
  mark(node.firstElementChild.firstElementChild, "href", `#shape-${level}`);
}

// The children of `parent`, one for each item, kept over updates by the items' keys. `keep(row)` may hold a row whose
// item is gone.
export class KeyedList {
  #rows = new Map();

  constructor(parent, template, { fill, created = () => {}, keep = () => false }) {
    Object.assign(this, { parent, template, fill, created, keep });
  }

  update(items, keyOf) {
    const wanted = new Map();
    items.forEach((item, index) => {
      let key = String(keyOf(item, index));
      while (wanted.has(key)) key += "\u0000";
      wanted.set(key, item);
    });
    for (const [key, row] of this.#rows) {
      if (wanted.has(key) || this.keep(row)) continue;
      row.root.remove();
      this.#rows.delete(key);
    }
    let place = this.parent.firstElementChild;
    for (const [key, item] of wanted) {
      let row = this.#rows.get(key);
      if (!row) {
        row = parts(stamp(this.template));
        this.#rows.set(key, row);
        this.created(row);
      }
      if (row.root === place) place = place.nextElementSibling;
      else this.parent.insertBefore(row.root, place);
      row.item = item;
      this.fill(row, item);
    }
  }
}
