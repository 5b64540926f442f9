import { anyPhrase, matches } from "./phrases.ts";

/** Sentences that speak to whoever reads the note by machine, or order what only people may decide. */
const orders = anyPhrase([
  "(ignore|disregard|forget|override|bypass|skip) ~ (policy|policies|rules?|instructions?|guardrails?|guidelines?|prompt|sign-off|approval|approvals|above|checks?)",
  "(system|assistant|developer|admin|ai|llm|bot|copilot|agent)( prompt| message)?:",
  "(note|message|important|attention|instruction|instructions|hint) ~ (ai|assistant|agent|bot|copilot|model|machine|automated \\p{L}+|automatic \\p{L}+|automation|language model|system reading)",
  "(new|updated|hidden|secret|following) (instruction|instructions|directive|directives):?",
  "you (are|may|must|can|should|will) (now |from now on )?(allowed|permitted|authorised|authorized|in (admin|debug|developer|maintenance)|free to|an? \\p{L}+ (agent|assistant)|send|release|approve|pay|act|ignore|mark)",
  "(as|i am) (the|your|an?) ~ (administrator|admin|root|developer|owner) i (instruct|order|command|tell|authorise|authorize)",
  "(do not|don't|never) (report|mention|flag|tell|show|classify|raise) ~",
  "(mark|report|classify|rate|treat|label|consider) (everything|all|it|this|every|the project|this project) ~ (as )?(settled|done|green|approved|resolved|closed|fine|paid|no risk|low)",
  "(approve|release|pay|execute|transfer|wire|grant) (every|all|everything|it|the|any|them|this) ~ (now|at once|immediately|today|request|requests|without|right away)",
  "no (sign-off|approval|confirmation|human|review) (is )?(needed|required|necessary)",
  "(forward|send|post|e-mail|email|upload|leak) (the|all|your|our) ~ (rate card|rates|password|passwords|key|keys|token|tokens|secret|secrets|prompt|credentials) ~ (to|at)",
]);
const marks =
  /<\/?\s*(?:note|system|instructions?|assistant|user|tool|prompt)\b[^>]*>|\[\/?(?:INST|SYSTEM)\]|<\|[^|]*\|>|[\u202a-\u202e\u2066-\u2069\u200b-\u200f\u{e0000}-\u{e007f}]/iu;

/** Whether a clause tries to instruct its reader. Such a clause is shown as suspicious and read no further. */
export const isSuspicious = (clause: string): boolean =>
  marks.test(clause) || matches(orders, clause);
