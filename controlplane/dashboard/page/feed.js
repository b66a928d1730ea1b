// The control plane's events. Connects again for as long as it takes, also after a refusal and after silence.

const kSilenceMs = 10_000;
const kLongestPauseMs = 5_000;

export class Feed {
  #pauseMs = 500;
  #source = null;
  #heardAt = null;
  #openedAt = 0;
  #timer = 0;
  phase = "connecting";

  constructor(url, onState) {
    Object.assign(this, { url, onState });
  }

  open() {
    clearTimeout(this.#timer);
    this.#source?.close();
    this.#openedAt = performance.now();
    const source = new EventSource(this.url);
    this.#source = source;
    source.addEventListener("state", (event) => {
      let state;
      try { state = JSON.parse(event.data); } catch { return; }
      this.#heardAt = performance.now();
      this.#pauseMs = 500;
      this.phase = "live";
      this.onState(state);
    });
    source.addEventListener("error", () => this.#again());
  }

  // Milliseconds since the last event; null before the first.
  get ageMs() {
    return this.#heardAt === null ? null : performance.now() - this.#heardAt;
  }

  // A connection that looks open but says nothing is given up.
  check() {
    const heardAt = Math.max(this.#heardAt ?? 0, this.#openedAt);
    if (this.#source && performance.now() - heardAt > kSilenceMs) this.#again();
  }

  #again() {
    this.#source?.close();
    this.#source = null;
    this.phase = "reconnecting";
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.open(), this.#pauseMs);
    this.#pauseMs = Math.min(2 * this.#pauseMs, kLongestPauseMs);
  }
}
