import { CountersignError } from "#/domain/errors.ts";
import { observe } from "#/domain/evidence.ts";
import { formatMoney } from "#/domain/money.ts";
import { plainText } from "#/domain/plain-text.ts";
import { approvalDelayOf } from "#/monitor/causes/approval-delay.ts";
import { invoiceDelayOf } from "#/monitor/causes/invoice-delay.ts";
import { marginBridge } from "#/monitor/erosion/margin-bridge.ts";
import { slippageOf } from "#/monitor/slippage/slippage.ts";
import type { Statement, Why } from "../operations-services.ts";
import {
  approvalCauses,
  causeStatement,
  invoiceCauses,
  marginCauses,
  slipCauses,
  unexplainedDays,
} from "./cause-lines.ts";
import { createCitations, rounded } from "./figures.ts";
import { calledIn, matching, nameOf } from "./find-record.ts";
import type { FirmNow } from "./firm-picture.ts";
import { pictureOf } from "./sources.ts";

type Asked = { readonly of: string; readonly full: boolean };

/**
 * Why an invoice or a request for approval is late, or why a project slips and loses margin: whatever
 * the name means. Throws UNKNOWN_RECORD or AMBIGUOUS_NAME.
 */
export function whyAnswer(firm: FirmNow, asked: Asked): Why {
  const { view } = firm;
  const name = asked.of.replace(/^(?:erp|psa|crm):(?:invoice|approval|project):/, "");
  const [invoice, ...moreInvoices] = matching(view, "invoice", name);
  if (invoice && moreInvoices.length === 0) return whyInvoice(firm, invoice.id, asked);
  const [approval] = matching(view, "approval", name);
  if (approval) return whyApproval(firm, approval.id, asked);
  const [project, ...moreProjects] = matching(view, "project", name);
  if (project && moreProjects.length === 0) return whyProject(firm, project.id, asked);
  const several = [...matching(view, "invoice", name), ...matching(view, "project", name)];
  throw several.length > 0
    ? new CountersignError("AMBIGUOUS_NAME", {
        name: plainText(asked.of, 80),
        candidates: several.slice(0, 8).map(calledIn).join(", "),
      })
    : new CountersignError("UNKNOWN_RECORD", {
        kind: "invoice, approval or project",
        name: plainText(asked.of, 80),
      });
}

function whyInvoice(firm: FirmNow, id: string, { full }: Asked): Why {
  const citations = createCitations({ full });
  const delay = invoiceDelayOf(firm.view, id);
  const causes = invoiceCauses(delay, citations);
  const called = plainText(delay.invoice.number ?? delay.invoice.reference ?? id, 60);
  const days = delay.window ? delay.window.businessMinutes / delay.minutesPerDay : null;
  const head: Statement = {
    text:
      delay.status === "late"
        ? `Invoice ${called} (${formatMoney(delay.invoice.net)}) is late: ${rounded(days ?? 0, 1)} working days since its clock began.`
        : delay.status === "unknown"
          ? `Whether invoice ${called} is late is unknown: ${delay.gaps.join("; ")}.`
          : `Invoice ${called} is not late.`,
    evidence: delay.evidence.slice(0, 4).map((fact) => fact.id),
  };
  const unexplained = unexplainedDays(delay.unexplainedMinutes, {
    ...delay,
    evidence: head.evidence,
  });
  return {
    ...pictureOf(firm, {
      statements: [head, ...causes.map(causeStatement)],
      evidence: citations.all(),
    }),
    subject: delay.invoice.ref,
    title: `Invoice ${called}`,
    status: delay.status,
    causes,
    unexplained: delay.status === "late" ? unexplained : null,
  };
}

function whyApproval(firm: FirmNow, id: string, { full }: Asked): Why {
  const citations = createCitations({ full });
  const delay = approvalDelayOf(firm.view, id);
  const causes = approvalCauses(delay, citations);
  const waited = rounded(delay.waitMinutes / delay.minutesPerDay, 1);
  const head: Statement = {
    text:
      delay.status === "late"
        ? `Request ${id} for a ${delay.approval.kind.replace("_", " ")} approval waited ${waited} working days${delay.decidedAt ? "" : " and still waits"}.${delay.cause ? "" : " Nothing in particular held it: it simply takes long."}`
        : delay.status === "unknown"
          ? `Whether request ${id} is late is unknown: ${delay.gaps.join("; ")}.`
          : `Request ${id} is not late: ${waited} working days.`,
    evidence: delay.evidence.slice(0, 4).map((fact) => fact.id),
  };
  return {
    ...pictureOf(firm, {
      statements: [head, ...causes.map(causeStatement)],
      evidence: citations.all(),
    }),
    subject: delay.approval.ref,
    title: `Request ${id}`,
    status: delay.status,
    causes,
    unexplained:
      delay.status === "late"
        ? unexplainedDays(delay.unexplainedMinutes, { ...delay, evidence: head.evidence })
        : null,
  };
}

function whyProject(firm: FirmNow, id: string, { full }: Asked): Why {
  const { view } = firm;
  const citations = createCitations({ full });
  const slip = slippageOf(view, id);
  const bridge = marginBridge(view, id);
  const late = slip.kind === "slippage" ? slipCauses(slip, citations) : [];
  const lost = bridge.kind === "bridge" ? marginCauses(bridge, citations) : [];
  const project = view.get("project", id);
  const name = project ? nameOf(project) : id;
  const named = project
    ? citations.add([observe(project.source, "name", project.fields.name)])
    : [];
  const statements: Statement[] = [
    slip.kind === "unknown"
      ? { text: `Why ${name} would slip is unknown: ${slip.missing.join("; ")}.`, evidence: named }
      : {
          text:
            slip.slipDays > 0
              ? `${name} ends ${rounded(slip.slipDays, 1)} working days after its baseline of ${slip.baselineOn}; ${rounded(slip.unexplainedDays, 1)} of them are not explained.`
              : `${name} does not slip against its baseline of ${slip.baselineOn}.`,
          evidence: citations.of(slip.inputs),
        },
    ...late.map(causeStatement),
    bridge.kind === "unknown"
      ? {
          text: `What became of its margin is unknown: ${bridge.missing.join("; ")}.`,
          evidence: named,
        }
      : {
          text: `Its margin moves by ${formatMoney({ minor: bridge.varianceMinor, currency: bridge.currency })} against the sale${bridge.provisional ? ", provisionally: not all hours are in" : ""}.`,
          evidence: citations.of(bridge.inputs),
        },
    ...lost.map(causeStatement),
  ];
  return {
    ...pictureOf(firm, { statements, evidence: citations.all() }),
    subject: { system: "psa", type: "project", id },
    title: name,
    status: firm.health(id).rag,
    causes: [...late, ...lost],
    unexplained:
      slip.kind === "slippage" && slip.slipDays > 0
        ? unexplainedDays(slip.unexplainedDays, {
            minutesPerDay: 1,
            asOf: view.asOf,
            evidence: citations.of(slip.inputs),
          })
        : null,
  };
}
