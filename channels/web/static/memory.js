// What the browser keeps: the session, what is not yet answered, the draft, the choice of large print.

const PREFIX = "jiajia.";

class Fallback {
  #kept = new Map();
  get length() { return this.#kept.size; }
  key(index) { return [...this.#kept.keys()][index] ?? null; }
  getItem(key) { return this.#kept.get(key) ?? null; }
  setItem(key, value) { this.#kept.set(key, value); }
  removeItem(key) { this.#kept.delete(key); }
}

function storage() {
  try {
    localStorage.setItem(`${PREFIX}probe`, "1");
    localStorage.removeItem(`${PREFIX}probe`);
    return localStorage;
  } catch {
    return new Fallback(); // private windows and strict settings: nothing outlives the page, everything else works
  }
}

export class Memory {
  #kept = storage();

  read(name) { return this.#kept.getItem(PREFIX + name) ?? ""; }

  write(name, value) {
    try {
      if (value) this.#kept.setItem(PREFIX + name, value);
      else this.#kept.removeItem(PREFIX + name);
    } catch { /* the disk is full: the page still holds everything */ }
  }

  // Unanswered messages, one key each so that two tabs never overwrite one another.
  keep(item) { this.write(`outbox.${item.id}`, JSON.stringify(item)); }

  drop(id) { this.write(`outbox.${id}`, ""); }

  unanswered() {
    return this.#keys(`${PREFIX}outbox.`).flatMap((key) => {
      try { return [JSON.parse(this.#kept.getItem(key))]; } catch { return []; }
    }).sort((one, other) => one.at - other.at);
  }

  forget() {
    for (const key of this.#keys(PREFIX)) if (key !== `${PREFIX}large`) this.#kept.removeItem(key);
  }

  #keys(start) {
    return Array.from({ length: this.#kept.length }, (_, index) => this.#kept.key(index)).filter((key) => key?.startsWith(start));
  }
}
