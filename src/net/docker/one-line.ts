/** What a program or an engine said, as one line that steers no terminal; cut at a width. */
export function oneLine(text: string, width: number): string {
  const line = text.replaceAll(/[\p{Cc}\p{Cf}\s]+/gu, " ").trim();
  return line.length > width ? `${line.slice(0, width - 3)}...` : line;
}
