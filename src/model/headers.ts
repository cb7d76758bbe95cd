/** Request header that tells the application the visitor's bucket. */
export const BUCKET_HEADER = "X-Sluice-Bucket";
/** Request header by which a tester gives the secret, and by which the application is told of a tester. */
export const TESTER_HEADER = "X-Sluice-Tester";
/** Response header with the mark of the variant that answered. */
export const VARIANT_HEADER = "X-Sluice-Variant";
/** The cookie in which a tester's browser keeps the secret. */
export const TESTER_COOKIE = "sluice-tester";
