/** Go refuses a part that its repetitions, one inside another, repeat more often. */
const MOST_REPEATS = 1_000;
/** Go refuses groups that are nested deeper. */
const MOST_GROUPS = 1_000;

const REPEAT = /(?:[*+?]|\{(0|[1-9]\d*)(,(0|[1-9]\d*)?)?\})\??/y;
const FLAGS = /\(\?[imsU]*(?:-[imsU]+)?\)/y;
const OPEN = /\((?:\?(?:P?<\w+>|[imsU]*(?:-[imsU]+)?:))?/y;
const EDGE = /\\[AbBz]/y;
const NAMED_CLASS =
  /\\(?:[dDsSwW]|[pP](?:[CLMNPSZ]|\{\^?(?:C[cfos]?|L[lmotu]?|M[cen]?|N[dlo]?|P[cdefios]?|S[ckmo]?|Z[lps]?|Arabic|Cyrillic|Greek|Han|Hebrew|Hiragana|Katakana|Latin|Thai)\}))/y;
const POSIX_CLASS = /\[:\^?(?:alnum|alpha|ascii|blank|cntrl|digit|graph|lower|print|punct|space|upper|word|xdigit):\]/y;
const CHARACTER = /\\(?:x\{([0-9A-Fa-f]{1,6})\}|x([0-9A-Fa-f]{2})|([aftnrv])|([^A-Za-z0-9]))|([^\\])/y;
const CONTROLS: Readonly<Record<string, number>> = { a: 7, t: 9, n: 10, v: 11, f: 12, r: 13 };

/** A pattern, and how far it is read. */
interface Scan {
  readonly text: string;
  at: number;
}

/**
 * Whether Go compiles a regular expression of ASCII characters. Scripts other than the usual ones, octal
 * numbers, and \Q are refused, though Go knows them; the size of the whole is not worked out.
 * Grammar: https://pkg.go.dev/regexp/syntax
 */
export function isRe2(pattern: string): boolean {
  const scan: Scan = { text: pattern, at: 0 };
  return readAlternatives(scan, 0) !== null && scan.at === pattern.length;
}

/** Reads up to the end, or to the bracket that closes a group. @returns how often its most repeated part is repeated; null where Go refuses */
function readAlternatives(scan: Scan, depth: number): number | null {
  if (depth > MOST_GROUPS) return null;
  let most = 1;
  /** Of the part that a repetition would repeat; null where there is none. */
  let last: number | null = null;
  while (scan.at < scan.text.length && scan.text[scan.at] !== ")") {
    const repeat = take(scan, REPEAT);
    if (repeat !== null) {
      const times = last === null ? null : timesOf(repeat);
      if (last === null || times === null || last * times > MOST_REPEATS) return null;
      most = Math.max(most, last * times);
      last = null;
    } else if (take(scan, /\|/y) !== null || take(scan, FLAGS) !== null) {
      last = null;
    } else {
      last = readPart(scan, depth);
      if (last === null) return null;
      most = Math.max(most, last);
    }
  }
  return most;
}

/** How often a repetition of counted times repeats at most; 1 for the others, null for counts that Go refuses. */
function timesOf([, least, range, most]: RegExpExecArray): number | null {
  const [from, to] = [Number(least ?? 1), Number(most ?? least ?? 1)];
  if (range !== undefined && most !== undefined && from > to) return null;
  return from > MOST_REPEATS || to > MOST_REPEATS ? null : Math.max(to, 1);
}

function readPart(scan: Scan, depth: number): number | null {
  if (scan.text[scan.at] === "[") return readClass(scan) ? 1 : null;
  const open = take(scan, OPEN);
  if (open === null) return take(scan, EDGE) !== null || take(scan, NAMED_CLASS) !== null || readCharacter(scan) !== null ? 1 : null;
  const inner = readAlternatives(scan, depth + 1);
  return take(scan, /\)/y) === null ? null : inner;
}

/** Reads a class such as `[^a-z\d]`; a bracket that closes stands for itself where it comes first. */
function readClass(scan: Scan): boolean {
  take(scan, /\[\^?/y);
  for (let first = true; first || scan.text[scan.at] !== "]"; first = false) {
    if (take(scan, POSIX_CLASS) !== null || take(scan, NAMED_CLASS) !== null) continue;
    if (scan.text.startsWith("[:", scan.at) && scan.text.includes(":]", scan.at + 2)) return false;
    const from = readCharacter(scan);
    if (from === null) return false;
    if (take(scan, /-(?=[^\]])/y) === null) continue;
    const to = readCharacter(scan);
    if (to === null || to < from) return false;
  }
  scan.at += 1;
  return true;
}

/** Reads a character as it is, or behind a backslash. @returns its number */
function readCharacter(scan: Scan): number | null {
  const [, braced, hexadecimal, control, punctuation, plain] = take(scan, CHARACTER) ?? [];
  const digits = braced ?? hexadecimal;
  if (digits !== undefined) return Number.parseInt(digits, 16) <= 0x10_ff_ff ? Number.parseInt(digits, 16) : null;
  if (control !== undefined) return CONTROLS[control] ?? null;
  return (punctuation ?? plain)?.charCodeAt(0) ?? null;
}

function take(scan: Scan, pattern: RegExp): RegExpExecArray | null {
  pattern.lastIndex = scan.at;
  const match = pattern.exec(scan.text);
  if (match !== null) scan.at = pattern.lastIndex;
  return match;
}
