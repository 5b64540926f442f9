import type { KnownBlock } from "@slack/types";
import type { Finding } from "#/domain/finding.ts";
import { formatMoney } from "#/domain/money.ts";
import { formatRef } from "#/domain/record.ts";
import type { CaseView } from "#/workflows/services.ts";
import { limits, message, optional, type SlackMessage } from "./limits.ts";
import { stateWords } from "./proposal-words.ts";
import { dayOf, label, link, marked, quote, refText, when } from "./words.ts";

const urgency: Readonly<Record<Finding["severity"], string>> = {
  1: "For your information",
  2: "Keep an eye on it",
  3: "Act this week",
  4: "Act today",
};

/** What a detector found, what causes it, what it may cost and where to look. */
export function caseNotice({ id, finding, proposals, auditAnchor }: CaseView): SlackMessage {
  const blocks: KnownBlock[] = [
    { type: "header", text: label(finding.title, limits.header) },
    { type: "section", text: marked(standing(finding)) },
    ...causes(finding),
    ...steps(proposals),
    ...sources(finding),
    {
      type: "context",
      elements: [
        marked(
          `Mention me in this thread to ask about it · case ${id} · as of ${when(finding.asOf)}${auditAnchor ? ` · audit ${quote(auditAnchor, 80)}` : ""}`,
        ),
      ],
    },
  ];
  return message(quote(finding.title, 300), blocks);
}

/** Many new cases in one message, the worst first; the rest is counted. */
export function caseDigest(views: readonly CaseView[]): SlackMessage {
  const shown = views.slice(0, digestLines);
  const title = `${views.length} new cases`;
  const lines = shown.map(({ id, finding }) => {
    const facts = [...stakes(finding), `case ${id}`].join(" · ");
    return `• *${quote(urgency[finding.severity])}*: ${quote(finding.title, 200)} (${facts})`;
  });
  const rest = views.length - shown.length;
  return message(title, [
    { type: "header", text: label(title, limits.header) },
    ...chunks(lines, 5).map(
      (part): KnownBlock => ({
        type: "section",
        text: marked(part.join("\n")),
      }),
    ),
    {
      type: "context",
      elements: [
        marked(
          `${rest > 0 ? `${rest} more are in the list of cases. ` : ""}Ask me “what needs attention?” or about any of them.`,
        ),
      ],
    },
  ]);
}
const digestLines = 15;

const stakes = ({ valueAtRisk, deadline }: Finding): string[] => [
  ...(valueAtRisk ? [`${quote(formatMoney(valueAtRisk))} at risk`] : []),
  ...(deadline ? [`by ${quote(deadline)}`] : []),
];

const standing = (finding: Finding): string =>
  [`*${urgency[finding.severity]}*, since ${dayOf(finding.since)}`, ...stakes(finding)].join(" · ");

const causes = (finding: Finding): KnownBlock[] =>
  finding.causes.length === 0
    ? []
    : chunks(
        finding.causes
          .slice(0, 8)
          .map(
            ({ title, detail, days, open }) =>
              `• *${quote(title, 120)}*${days === null ? "" : `: ${days.toFixed(1)} working days`}${open ? "" : " (over)"}. ${quote(detail, 300)}`,
          ),
        4,
      ).map((part) => ({ type: "section", text: marked(part.join("\n")) }));

const steps = (proposals: CaseView["proposals"]): KnownBlock[] =>
  proposals.length === 0
    ? []
    : [
        {
          type: "section",
          text: marked(
            [
              "*Next steps proposed*",
              ...proposals
                .slice(0, 6)
                .map(
                  (one) =>
                    `• ${quote(one.payload.title, 160)} (${one.id}): ${stateWords[one.state]}`,
                ),
            ].join("\n"),
          ),
        },
      ];

function sources({ evidence }: Finding): KnownBlock[] {
  const found = new Map<string, string>();
  for (const { record, url } of evidence) {
    const open = link(url, refText(record));
    if (open) found.set(formatRef(record), open);
  }
  return found.size === 0
    ? []
    : [
        optional({
          type: "context",
          elements: [...found.values()].slice(0, 8).map((open) => marked(open)),
        }),
      ];
}

const chunks = <T>(items: readonly T[], size: number): T[][] =>
  Array.from({ length: Math.ceil(items.length / size) }, (_, at) =>
    items.slice(at * size, (at + 1) * size),
  );
