import { plainText } from "#/domain/plain-text.ts";

const mostCharacters = 60;
const onlyNameCharacters = /^[\p{L}\p{M}\p{N} .,'’&()/+:@#–-]*$/u;
/** `psa-login.example`, `report.pdf`; not `release 4.2`, not `St. Gallen`. */
const link = /[\p{L}\p{N}]\.\p{L}{2,}/u;
const address = /\S@\S/;
/** Account and telephone numbers, and amounts of nine figures. */
const longNumber = /\d(?:[ ,.-]?\d){8,}/;

/**
 * Names as firms give them to projects and people. False for what could carry a message of its own:
 * links, addresses, account numbers, hidden characters, markup, more than 60 characters.
 */
export function isPlainName(text: string): boolean {
  const shown = plainText(text, mostCharacters);
  return (
    shown === text.normalize("NFKC").replace(/ +/g, " ").trim() &&
    onlyNameCharacters.test(shown) &&
    !link.test(shown) &&
    !address.test(shown) &&
    !longNumber.test(shown)
  );
}
