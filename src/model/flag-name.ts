/** Request header of a flag under `header` delivery: `X-Flag-ELEVENLABS-AGENT-ENABLED`. */
export function flagHeader(flag: string): string {
  return `X-Flag-${flag.replaceAll("_", "-")}`;
}

/** A flag's name where only DNS labels are allowed: `elevenlabs-agent-enabled`. */
export function flagSlug(flag: string): string {
  return flag.toLowerCase().replaceAll("_", "-");
}
