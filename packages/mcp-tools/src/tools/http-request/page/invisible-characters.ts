/**
 * Characters that show nothing and can carry words past a reader: zero-width ones, bidirectional overrides and
 * embeddings, the tag block, filler letters, controls, soft hyphens.
 */
const invisible =
  // oxlint-disable-next-line no-control-regex, no-misleading-character-class -- naming them is the point
  /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f\u00ad\u034f\u061c\u180e\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f\u3164\ufeff\uffa0\ufff9-\ufffb]|[\u{e0000}-\u{e007f}]/gu

/** One variation selector chooses a form of the character before it; a row of them spells out bytes. */
const selectorRun = /[\ufe00-\ufe0f\u{e0100}-\u{e01ef}]{2,}/gu

/** Joiners matter inside emoji and the scripts of India and Iran, and nowhere else. */
const strayJoiner =
  // oxlint-disable-next-line no-control-regex, no-misleading-character-class -- naming them is the point
  /(?<=^|[\u0000-\u02ff\s])[\u200c\u200d]+|[\u200c\u200d]+(?=$|[\u0000-\u02ff\s])|[\u200c\u200d]{2,}/gu

const mayNeedIt =
  // oxlint-disable-next-line no-control-regex, no-misleading-character-class -- as above
  /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f\u00ad\u034f\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff9-\ufffb]|\udb40/

/** The text that a reader sees, without what only a machine would read. */
export function withoutInvisible(text: string): string {
  if (!mayNeedIt.test(text)) return text
  return text.replaceAll(invisible, '').replaceAll(selectorRun, '').replaceAll(strayJoiner, '')
}
