export type Clock = {
  /** Milliseconds since the epoch, shifted by everything `advance` added. */
  now: () => number;
  /** Moves time forward and runs at once whatever became due. */
  advance: (ms: number) => void;
  /** Runs `run` once `ms` have passed on this clock; the answer cancels it. */
  later: (ms: number, run: () => void) => () => void;
  stop: () => void;
};

/** A clock that follows `base` and can be pushed forward by tests. */
export function createClock(base: () => number = Date.now): Clock {
  let offset = 0;
  const waiting = new Map<object, { due: number; run: () => void; timer: NodeJS.Timeout }>();
  const now = (): number => base() + offset;

  function fire(key: object): void {
    const entry = waiting.get(key);
    if (!entry) return;
    clearTimeout(entry.timer);
    waiting.delete(key);
    entry.run();
  }

  return {
    now,
    advance(ms) {
      offset += ms;
      const due = [...waiting].filter(([, entry]) => entry.due <= now());
      due.sort(([, a], [, b]) => a.due - b.due);
      for (const [key] of due) fire(key);
    },
    later(ms, run) {
      const key = {};
      const timer = setTimeout(() => fire(key), ms);
      timer.unref();
      waiting.set(key, { due: now() + ms, run, timer });
      return () => {
        clearTimeout(timer);
        waiting.delete(key);
      };
    },
    stop() {
      for (const { timer } of waiting.values()) clearTimeout(timer);
      waiting.clear();
    },
  };
}
