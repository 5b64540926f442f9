import type { FindingKind } from "#/domain/finding.ts";
import type { CaseLine, Paged, PageQuery, Picture, Statement } from "../operations-services.ts";
import { type ActionTitle, byUrgency, caseLine, caseStatement } from "./case-lines.ts";
import type { Case } from "./case-store.ts";
import { createCitations } from "./figures.ts";
import { findRecord } from "./find-record.ts";
import type { FirmNow } from "./firm-picture.ts";
import { mapPage, pageOf } from "./paging.ts";
import { pictureOf } from "./sources.ts";

export type CasesQuery = PageQuery & { readonly kind?: FindingKind; readonly project?: string };

/** Open cases, the most urgent first. */
export function casesAnswer(
  firm: FirmNow,
  query: CasesQuery,
  { open, actionTitle }: { readonly open: readonly Case[]; readonly actionTitle: ActionTitle },
): Picture & { readonly cases: Paged<CaseLine> } {
  const project =
    query.project === undefined ? null : findRecord(firm.view, "project", query.project).id;
  const wanted = open
    .filter(({ finding }) => query.kind === undefined || finding.kind === query.kind)
    .filter(({ finding }) => project === null || finding.projectId === project)
    .toSorted(byUrgency);
  const citations = createCitations();
  const page = mapPage(pageOf(wanted, query), (each) =>
    caseLine(each, firm.view, { citations, actionTitle }),
  );
  const urgent = wanted.filter(({ finding }) => finding.severity >= 3).length;
  const statements: Statement[] = [
    {
      text:
        wanted.length === 0
          ? "No case is open."
          : `${wanted.length} open cases, ${urgent} of them to act on this week.`,
      evidence: page.items.slice(0, 3).flatMap(({ evidence }) => evidence.slice(0, 1)),
    },
    ...page.items.slice(0, 8).map(caseStatement),
  ];
  return {
    ...pictureOf(firm, { statements, evidence: citations.all() }),
    cases: page,
  };
}
