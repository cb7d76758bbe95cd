/** A visitor's lasting slot: the visitors from `from` (exclusive) to `to` (inclusive) per cent. */
export interface Bucket {
  /** 1 for the bucket that sees a flag first. */
  readonly id: number;
  readonly from: number;
  readonly to: number;
  /** `to - from`, in per cent of all visitors. */
  readonly weight: number;
}

/** Cuts the visitors at the catalogue's steps: steps 1, 5, 100 give buckets of 1, 4 and 95 per cent. */
export function cutBuckets(steps: readonly number[]): Bucket[] {
  return steps.map((to, index) => {
    const from = steps[index - 1] ?? 0;
    return { id: index + 1, from, to, weight: to - from };
  });
}

/** The cookie whose presence says that a visitor is in this bucket. */
export function bucketCookie(id: number): string {
  return `sluice-${id}`;
}
