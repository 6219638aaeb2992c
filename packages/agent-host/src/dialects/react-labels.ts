import { MarkerSet } from './engine/markers.ts'

/** What the lines of ReAct begin with: as it was published, as models vary it, and in Korean. */
export const reactLabels = {
  thought: spell('Thought', '생각'),
  action: spell('Action', '행동'),
  input: spell('Action Input', 'Action input', '행동 입력', '행동입력'),
  observation: spell('Observation', '관찰'),
  answer: spell('Final Answer', 'Final answer', '최종 답변', '최종답변'),
}

/** Each label, in plain text and in bold. */
function spell(...labels: readonly string[]): readonly string[] {
  return labels.flatMap((label) => [`${label}:`, `**${label}:**`, `**${label}**:`])
}

const all = Object.values(reactLabels).flat()

/** Every label. */
export const anyLabel = new MarkerSet(all)
/** Every label at the beginning of a line. */
export const anyLabelLine = new MarkerSet(all.map((label) => `\n${label}`))
/** What may follow an action's name. */
export const nameEnds = new MarkerSet(['\n', ...reactLabels.input])
export const inputLabels = new MarkerSet(reactLabels.input)
