import { anyPhrase } from "./phrases.ts";
import type { RiskCode } from "./risk-label.ts";

/**
 * The subjects of each risk in few words, the telling ones first: where a clause fits several as well, the earlier
 * risk is meant. Weaker than the lexicon: only beside a word of trouble, and only where no sign was found.
 */
const topics: readonly (readonly [RiskCode, string])[] = [
  [
    "RENEWAL",
    "(competitors?|next year|phase (two|three|four|[2-9])|renewal|renew|extension|extend|follow-on|pitch|tender|in-house|themselves)",
  ],
  [
    "BILLING",
    "(invoices?|invoice|po|purchase order|accounts payable|payments?|bill|bills|billing|paid|pay|credit note)",
  ],
  [
    "CONTRACT",
    "(agreement|contract|contractual|damages|claim|liability|dpa|nda|personal data|health data|gdpr|signature|clause|penalty|penalties|audit|auditors?|compliance|regulator)",
  ],
  [
    "TEAM",
    "(morale|mood|workload|overtime|weekends?|atmosphere|each other|handover|team spirit|conflict)",
  ],
  [
    "CLIENT_ENG",
    "(sponsor|champion|product owner|stakeholders?|decision maker|steering|executive|attend|attended|contact person|e?mails|calls)",
  ],
  [
    "GOV",
    "(approval|approvals|approve|approved|decide|decides|decided|decision|legal|board|security review|sign-off|procurement|governance|our end)",
  ],
  [
    "QUALITY",
    "(errors?|defects?|bugs?|fixes|acceptance|accept|accepted|testers found|quality|findings|deliverables?|rework|regression|retest)",
  ],
  [
    "TECH",
    "(api|apis|queries|server|servers|interface|performance|database|network|migration|release|install|installs|deployment|system|platform|software|connection|backup job)",
  ],
  [
    "CLIENT_DEP",
    "(specification|subcontractor|vendor|supplier|third party|access|credentials|firewall|their it|their data|from (the )?(customer|client)|licences?|test data)",
  ],
  ["BUDGET", "(budget|costs?|fixed price|margin|hours|spend|effort|estimate|buffer|contingency)"],
  [
    "SCOPE",
    "(scope|extras?|user stories|requirements|wishes|features|functionality|change requests?|included|sell|sold|ordered|offer)",
  ],
  [
    "RESOURCE",
    "(analysts?|developers?|engineers?|consultants?|architect|staff|staffing|role|backup|capacity|colleagues?|vacancy|replacement|specialists?)",
  ],
  [
    "SCHED",
    "(schedule|dates?|milestones?|rollout|go-live|deadline|plan|critical path|timeline|launch|float|finish|finishing|start|started)",
  ],
];

/** Something is wrong with it; a denial inside is part of the trouble. */
export const trouble = anyPhrase([
  "(worried|worry|worries|concerned|concerns?|trouble|problems?|afraid|alarming|nervous|escalated?|escalation|serious|dispute|disputed|unhappy|angry|bad news|at risk|in danger|critical)",
  "(missing|late|later|unable|cannot|can't|could not|couldn't|fails?|failed|failing|broken|breaks?|broke|slow|blocked|stuck|stopped|unanswered|unfilled|vacant|unclear|unusable|unavailable|impossible|unrealistic|unlikely|insufficient|inadequate|expired|lapsed)",
  "(refuse|refuses|refused|reject|rejects|rejected|declined|threaten|threatens|threatened|complains?|complained|questions|challenges|tired|stressed|overloaded|exceeds?|exceeded|overdue|unpaid|outstanding|wrong|lost|losing|leaving|leaves|quits?)",
  "(on hold|holding up|held up|ran out|run out|running out|no longer|not enough|too (few|many|much|slow|late|expensive|long|little|high|low)|only [0-9]+|only half|instead of|although)",
  "(has|have|had|is|are|was|were|does|do|did|will|can|could) not ~ (accept|accepted|approved?|attend|attended|answer|answered|deliver|delivered|provided?|been|signed?|pay|paid|meet|met|ready|install|work|start|sell|order|filled|fill|cover|decided?|available|responded|replied)",
  "(no one|nobody|never|without|no) ~ (ordered|decided?|approved?|attended|answer|answers|answered|backup|cover|replacement|signed|signature|paid|float|agreement|contract|order)",
]);

export const weakTopics = topics.map(([code, words]) => ({ code, words: anyPhrase([words]) }));
