/** What a field may hold. `optional` is false unless said. */
export type Rule = { optional?: boolean } & (
  | { is: "text"; max: number; plain?: boolean; mrkdwn?: boolean; min?: number }
  | { is: "string"; max: number; min?: number; pattern?: RegExp }
  | { is: "number"; min: number; max: number }
  | { is: "flag" }
  | { is: "one of"; values: readonly (string | number)[] }
  | { is: "list"; max: number; min?: number; of: Rule }
  | { is: "element"; types: readonly string[] }
  | { is: "block"; types: readonly string[] }
  | { is: "object"; fields: Shape }
  | { is: "anything" }
);
export type Shape = Readonly<Record<string, Rule>>;

export function text(most: number): Rule {
  return { is: "text", max: most, plain: true, mrkdwn: true, min: 1 };
}
export function plain(most: number): Rule {
  return { is: "text", max: most, plain: true, min: 1 };
}
export function words(most: number, min = 1): Rule {
  return { is: "string", max: most, min };
}
export function list(of: Rule, most: number, min = 1): Rule {
  return { is: "list", of, max: most, min };
}
export function maybe(rule: Rule): Rule {
  return { ...rule, optional: true };
}
export const flag: Rule = { is: "flag", optional: true };
export const anything: Rule = { is: "anything", optional: true };
