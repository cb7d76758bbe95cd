/**
 * The completion script for bash. The library's own needs the package bash-completion, which neither
 * macOS nor a plain Debian has, evaluates what is being typed, and fails when it is loaded twice. This
 * asks the same questions: `sluice complete -- <words>` answers with a value and its description a line.
 */
export const BASH_COMPLETION = `# bash completion for sluice
_sluice() {
  local word words=()
  # bash cuts --stage=dev at the equals sign.
  for word in "\${COMP_WORDS[@]:1:COMP_CWORD}"; do
    if [[ $word != = ]]; then words+=("$word"); fi
  done
  if [[ \${COMP_WORDS[COMP_CWORD]} == = ]]; then words+=(""); fi
  COMPREPLY=()
  while IFS=$'\\t' read -r word _; do
    if [[ $word != :* ]]; then COMPREPLY+=("$word"); fi
  done < <(sluice complete -- "\${words[@]}" 2>/dev/null)
}
complete -o default -F _sluice sluice
`;
