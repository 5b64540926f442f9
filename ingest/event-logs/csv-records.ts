/** One record of a CSV file. `line` is where it begins, counted from 1. */
export type CsvTaker = {
  record(fields: string[], line: number): void;
  problem(line: number, problem: string): void;
};

export type CsvRecords = { push(text: string): void; end(): void };

/** Longer records are refused, so that one lost quote cannot swallow a whole file into memory. */
const longestRecord = 1_048_576;
const delimiters = [",", ";", "\t", "|"] as const;

/**
 * RFC 4180 in pieces: quoted fields with doubled quotes and line breaks, LF or CRLF, a byte order
 * mark. The delimiter is the one that occurs most in the first line. A record that breaks the rules
 * is reported and left out; reading goes on with the next line.
 */
export function createCsvRecords(taker: CsvTaker): CsvRecords {
  let delimiter = "";
  let rest = "";
  let line = 1;
  let first = true;
  return {
    push(text) {
      rest = cut(rest + (first ? text.replace(/^\uFEFF/, "") : text), false);
      if (text !== "") first = false;
    },
    end() {
      rest = cut(rest, true);
    },
  };

  function cut(text: string, last: boolean): string {
    let from = 0;
    while (from < text.length) {
      if (delimiter === "") {
        const firstLine = lineEnd(text, from);
        if (firstLine < 0 && !last && text.length < longestRecord) break;
        delimiter = mostFrequent(firstLine < 0 ? text : text.slice(0, firstLine));
      }
      const read = readRecord(text, { from, delimiter, last });
      if (read === null && text.length - from <= longestRecord) break;
      const to = read && read.to - from <= longestRecord ? read.to : afterLine(text, from);
      if (!read || read.to !== to) taker.problem(line, "longer than 1 MiB: is a quote not closed?");
      else if (typeof read.fields === "string") taker.problem(line, read.fields);
      else if (read.fields.length > 1 || read.fields[0] !== "") taker.record(read.fields, line);
      line += lineBreaks(text, { from, to });
      from = to;
    }
    return text.slice(from);
  }
}

/** Fields, or what is wrong with them; null when the record goes on beyond the text. */
function readRecord(
  text: string,
  { from, delimiter, last }: { from: number; delimiter: string; last: boolean },
): { fields: string[] | string; to: number } | null {
  const fields: string[] = [];
  let at = from;
  for (;;) {
    const quoted = text[at] === '"';
    const field = quoted ? readQuoted(text, at) : readPlain(text, at, delimiter);
    if (field === null) {
      if (!last) return null;
      const to = afterLine(text, from);
      return { fields: "a quote is opened and never closed", to };
    }
    // At the end of a piece a lone carriage return or quote may still change its meaning.
    if (field.to >= text.length - 1 && !last) return null;
    fields.push(field.value);
    const stop = text[field.to];
    if (stop === delimiter) {
      at = field.to + 1;
      continue;
    }
    if (stop === undefined || stop === "\n") return { fields, to: field.to + 1 };
    if (stop === "\r" && text[field.to + 1] === "\n") return { fields, to: field.to + 2 };
    return { fields: "text after a closing quote", to: afterLine(text, field.to) };
  }
}

function readQuoted(text: string, open: number): { value: string; to: number } | null {
  let value = "";
  let at = open + 1;
  for (;;) {
    const close = text.indexOf('"', at);
    if (close < 0) return null;
    value += text.slice(at, close);
    if (text[close + 1] !== '"') return { value, to: close + 1 };
    value += '"';
    at = close + 2;
  }
}

function readPlain(text: string, from: number, delimiter: string): { value: string; to: number } {
  let to = from;
  while (to < text.length && text[to] !== delimiter && text[to] !== "\n") {
    if (text[to] === "\r" && (text[to + 1] === "\n" || to + 1 === text.length)) break;
    to += 1;
  }
  return { value: text.slice(from, to), to };
}

const lineEnd = (text: string, from: number): number => text.indexOf("\n", from);

function afterLine(text: string, from: number): number {
  const end = lineEnd(text, from);
  return end < 0 ? text.length : end + 1;
}

function lineBreaks(text: string, { from, to }: { from: number; to: number }): number {
  let count = 0;
  for (let at = lineEnd(text, from); at >= 0 && at < to; at = lineEnd(text, at + 1)) count += 1;
  return count;
}

function mostFrequent(header: string): string {
  const counts = delimiters.map((mark) => header.split(mark).length);
  return delimiters[counts.indexOf(Math.max(...counts))] ?? ",";
}
