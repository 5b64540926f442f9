import type { KnownBlock } from "@slack/types";
import type { EvidenceValue } from "#/domain/evidence.ts";
import { formatMoney } from "#/domain/money.ts";
import { formatRef } from "#/domain/record.ts";
import type { ProposalView } from "#/workflows/services.ts";
import { provenanceText, readAt, upperFirst } from "./proposal-words.ts";
import {
  cell,
  clean,
  clip,
  fieldText,
  hasHidden,
  marked,
  plain,
  quote,
  refText,
  valueText,
  when,
} from "./words.ts";

/** Characters that the exact change may take on one card; what is longer is decided elsewhere. */
const room = 5500;
const mostRows = 40;
/** Longer values, and those with line ends, stand in full below the table. */
const cellLength = 120;
const piece = 2800;
/** What a context block holds, less a margin. */
const longestReads = 1900;

export type ExactChange = {
  readonly blocks: readonly KnownBlock[];
  /** Where each argument comes from. */
  readonly origins: readonly KnownBlock[];
  /** false: something of the payload did not fit, so this card must not take an approval. */
  readonly complete: boolean;
  /** Values with characters that a reader cannot see. */
  readonly hidden: number;
  /** The change in one line, for the confirmation. */
  readonly summary: string;
};

/** Every effect and every argument of the payload, in full or declared incomplete. */
export function exactChange(view: ProposalView): ExactChange {
  const { payload } = view.proposal;
  const long = new Map<string, string>();
  const known = (text: string) => [...long].find(([, other]) => other === text)?.[0];
  const shown = (value: EvidenceValue, name: string): string => {
    const text = clean(valueText(value));
    if (text.length <= cellLength && !text.includes("\n")) return text;
    const title = known(text) ?? name;
    long.set(title, text);
    return title === name ? "in full below" : `as “${title}” below`;
  };
  // What was shown in full for an effect stands above the arguments.
  const argued = (value: EvidenceValue, name: string): string => {
    const title = known(clean(valueText(value)));
    return title === undefined ? shown(value, name) : `the text of “${title}”`;
  };
  const several = new Set(payload.effects.map(({ record }) => formatRef(record))).size > 1;
  const rows = payload.effects.map((effect) => {
    const field = upperFirst(fieldText(effect.field));
    const name = several ? `${field} of ${refText(effect.record)}` : field;
    return [name, shown(effect.before, `${name} now`), shown(effect.after, name)].map(cell);
  });
  const reads = readsText(view);
  const origins = payload.arguments
    .map(
      (argument) => `• ${clean(provenanceText(argument, argued(argument.value, argument.name)))}`,
    )
    .join("\n");
  const tableLength = rows.flat().reduce((sum, { text }) => sum + text.length, 0);
  const longLength = [...long].reduce((sum, [name, text]) => sum + name.length + text.length, 0);
  const complete =
    rows.length <= mostRows &&
    tableLength + longLength + origins.length + reads.length <= room &&
    reads.length <= longestReads &&
    origins.length <= piece &&
    clean(payload.title).length <= 150 &&
    clean(payload.undo).length <= 890;
  return {
    blocks: complete ? blocksOf({ rows, long, reads }) : excerpt({ rows, long, reads }),
    origins: originBlocks(complete ? origins : clip(origins, 900)),
    complete,
    hidden: hiddenValues(view),
    summary: summary(view),
  };
}

type Parts = {
  readonly rows: readonly ReturnType<typeof cell>[][];
  readonly long: ReadonlyMap<string, string>;
  readonly reads: string;
};

/** Which record the values before were read from, and when. mrkdwn. */
function readsText(view: ProposalView): string {
  const reads = view.proposal.payload.effects.map(
    (effect) => `${quote(refText(effect.record), 160)}, read ${when(readAt(effect, view))}`,
  );
  return reads.length === 0 ? "" : `Now: ${[...new Set(reads)].join(" · ")}`;
}

/** Small where it fits, which is nearly always. */
const smallPrint = (text: string): KnownBlock =>
  text.length <= longestReads
    ? { type: "context", elements: [plain(text, 1950)] }
    : { type: "section", text: plain(text, 2900) };

const originBlocks = (origins: string): KnownBlock[] =>
  origins ? [smallPrint(`Where each value comes from\n${origins}`)] : [];

const blocksOf = ({ rows, long, reads }: Parts): KnownBlock[] => [
  ...(rows.length === 0
    ? []
    : [
        {
          type: "table" as const,
          rows: [["What", "Now", "Afterwards"].map(cell), ...rows],
          column_settings: rows[0]?.map(() => ({ is_wrapped: true })) ?? [],
        },
      ]),
  ...[...long].flatMap(([name, text]) => longText(name, text)),
  ...(reads ? [{ type: "context" as const, elements: [marked(reads)] }] : []),
];

/** The beginning of it, for a card that says it is incomplete and takes no approval. */
const excerpt = ({ rows, long, reads }: Parts): KnownBlock[] =>
  blocksOf({
    rows: rows.slice(0, 5).map((row) => row.map(({ text }) => cell(clip(text, 120)))),
    long: new Map([...long].slice(0, 1).map(([name, text]) => [clip(name, 120), clip(text, 900)])),
    reads: reads.length <= longestReads ? reads : "",
  });

function longText(name: string, text: string): KnownBlock[] {
  const titled = `${name}:\n${text}`;
  const pieces = Math.ceil(titled.length / piece);
  return Array.from({ length: pieces }, (_, index) => ({
    type: "section",
    text: plain(titled.slice(index * piece, (index + 1) * piece), 3000),
  }));
}

function hiddenValues({ proposal: { payload } }: ProposalView): number {
  const values = [
    payload.title,
    payload.undo,
    refText(payload.target),
    ...payload.effects.flatMap(({ field, record, before, after }) => [
      field,
      refText(record),
      before,
      after,
    ]),
    ...payload.arguments.flatMap(({ name, value }) => [name, value]),
  ];
  return values.filter((value) => typeof value === "string" && hasHidden(value)).length;
}

function summary({ proposal: { payload } }: ProposalView): string {
  const effects = payload.effects
    .slice(0, 3)
    .map(({ field, before, after }) => `${fieldText(field)}: ${brief(before)} → ${brief(after)}`);
  const more = payload.effects.length - effects.length;
  return [
    payload.title,
    ...effects,
    ...(more > 0 ? [`and ${more} more changes`] : []),
    ...(payload.amount ? [formatMoney(payload.amount)] : []),
  ].join(" · ");
}

const brief = (value: EvidenceValue): string => {
  const text = valueText(value);
  return text.length > 60 ? "a longer text" : text;
};
