/*
 * The oracle's own reading of a note: does somebody speak of work beyond the agreement that is asked
 * for or done? Word lists after the guide's taxonomy (SCOPE), with denial, supposition and closure.
 */

const beyond = [
  "can we also",
  "we can also",
  "you can also",
  "can you also",
  "could we also",
  "could you also",
  "as a favour",
  "as a favor",
  "small addition",
  "small extra for",
  "in the offer",
  "in the sow",
  "in the contract",
  "beyond the offer",
  "beyond the contract",
  "outside the agreed",
  "outside the contract",
  "out of scope",
  "list of wishes grew",
  "nothing written",
];
/** These phrases mean extra work only when the sentence says that it is *not* there. */
const onlyIfAbsent = ["in the offer", "in the sow", "in the contract"];
const denial = ["nothing", "nobody", "none", "never", "no"];
const supposition = ["if", "should", "might", "may", "would", "unless"];
const closure = [
  "now ordered",
  "is ordered",
  "are ordered",
  "been signed",
  "is signed",
  "are signed",
  "agreed with",
];

export function speaksOfExtraWork(text: string): boolean {
  const own = text
    .toLowerCase()
    .split('"')
    .filter((_, index) => index % 2 === 0)
    .join(" ");
  return own.split(/[.;!?]/).some((sentence) => {
    if (closure.some((phrase) => sentence.includes(phrase))) return false;
    return beyond.some((phrase) => {
      const at = sentence.indexOf(phrase);
      if (at < 0) return false;
      const before = sentence
        .slice(0, at)
        .split(/[^a-z']+/)
        .filter(Boolean);
      if (before.some((word) => supposition.includes(word))) return false;
      if (onlyIfAbsent.includes(phrase))
        return before.slice(-6).some((word) => word === "not" || word.endsWith("n't"));
      return !before.slice(-5).some((word) => denial.includes(word));
    });
  });
}
