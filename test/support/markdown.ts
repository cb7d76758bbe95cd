/** The cells of one line of a table, split as GitHub does it: at each pipe that no backslash stands before. */
export function cellsOf(line: string): string[] {
  const cells: string[] = [];
  let cell = "";
  for (let at = 0; at < line.length; at += 1) {
    const character = line.charAt(at);
    if (character === "\\" && at + 1 < line.length) {
      cell += character + line.charAt(at + 1);
      at += 1;
    } else if (character === "|") {
      cells.push(cell);
      cell = "";
    } else cell += character;
  }
  // A row begins and ends with a pipe.
  return [...cells, cell].slice(1, -1);
}

/** What a page is made of, without what its texts say: the kind of each line, and of a table's the number of its cells. */
export function skeletonOf(markdown: string): string[] {
  let inCode = false;
  return markdown.split("\n").map((line) => {
    if (/^`{3,}/.test(line)) inCode = !inCode;
    if (inCode || line.startsWith("```")) return "code";
    if (line.startsWith("|")) return `row of ${cellsOf(line).length}`;
    const [heading] = /^#+/.exec(line) ?? [];
    return heading ?? (line === "" ? "" : "text");
  });
}
