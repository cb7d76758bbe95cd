/** One line at the foot of a terminal that is written over; where there is no terminal, nothing. */
export interface LiveLine {
  show(text: string): void;
  clear(): void;
}

export function liveLine(stream: NodeJS.WriteStream = process.stderr): LiveLine {
  let shown = false;
  return {
    show(text) {
      if (!stream.isTTY) return;
      shown = true;
      stream.write(`\r\u001b[K${text.slice(0, Math.max(20, stream.columns - 1))}`);
    },
    clear() {
      if (shown) stream.write("\r\u001b[K");
      shown = false;
    },
  };
}

/** A bar for a share from 0 to 1. */
export function bar(share: number, width = 20): string {
  const filled = Math.round(Math.min(1, Math.max(0, share)) * width);
  return `${"█".repeat(filled)}${"░".repeat(width - filled)}`;
}
