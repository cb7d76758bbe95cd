/** Whether a host of a URL is the machine itself, by its whole name: `127.0.0.1.example.org` is another one. */
export function isLoopback(host: string): boolean {
  return /^(localhost|\[?::1\]?|127(\.\d{1,3}){3})$/.test(host);
}
