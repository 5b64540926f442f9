/** Prints a story and keeps count of what did not come true. */
export type Voice = {
  readonly chapter: (title: string) => void;
  /** One noun of the sentence, and what there is to say about it. */
  readonly tell: (noun: string, text: string) => void;
  /** Something that must be so. The story goes on, and ends badly, when it is not. */
  readonly check: (claim: string, holds: boolean) => void;
  readonly broken: () => readonly string[];
};

export function createVoice(write: (line: string) => void): Voice {
  const broken: string[] = [];
  return {
    chapter: (title) => write(`\n${title}`),
    tell: (noun, text) => write(`  ${noun.padEnd(11)} ${text}`),
    check: (claim, holds) => {
      if (!holds) broken.push(claim);
      write(`  ${holds ? "✓" : "✗ NOT SO:"} ${claim}`);
    },
    broken: () => broken,
  };
}

/** Asks again until the answer is there. Throws when it does not come in time. */
export async function until<T>(
  what: string,
  look: () => Promise<T | null | undefined | false>,
  seconds = 60,
): Promise<T> {
  const end = Date.now() + seconds * 1000;
  for (;;) {
    const found = await look();
    if (found) return found;
    if (Date.now() > end) throw new Error(`waited ${seconds} s in vain for: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
}
