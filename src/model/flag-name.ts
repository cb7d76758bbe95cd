/** Request header of a flag under `header` delivery: `X-Flag-ELEVENLABS-AGENT-ENABLED`. */
export function flagHeader(flag: string): string {
  return `X-Flag-${flag.replaceAll("_", "-")}`;
}

/** A flag's name where only DNS labels are allowed: `elevenlabs-agent-enabled`. */
export function flagSlug(flag: string): string {
  return flag.toLowerCase().replaceAll("_", "-");
}

/** The forms of a flag's header that an application with CGI's rules cannot tell apart, as far as they are likely. */
export function flagHeaderForms(flag: string): string[] {
  return [...new Set([flagHeader(flag), `X-Flag-${flag}`, `X_Flag_${flag}`])];
}
