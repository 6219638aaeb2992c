/**
 * What others wrote, for a terminal: control characters (ECMA-48), which it would take for commands, become visible;
 * line ends and tabs stay. Texts may come in pieces.
 */
export function toTerminalText(text: string): string {
  return text.replaceAll('\r', '').replaceAll(/(?![\n\t])\p{Cc}/gu, toVisible)
}

/** The same where nothing may hide: characters that change how others are shown, or show as nothing, become visible too. */
export function toPlainSight(text: string): string {
  return text.replaceAll(/(?!\n)[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, toVisible)
}

function toVisible(character: string): string {
  return `\\u{${character.codePointAt(0)?.toString(16) ?? ''}}`
}
