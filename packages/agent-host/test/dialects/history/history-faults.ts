import type { HistoryProfile, ModelMessage } from '../../../src/dialects/index.ts'

/** Where messages break what their profile demands. */
export function findHistoryFaults(sent: readonly ModelMessage[], profile: HistoryProfile): string[] {
  return [...findLostAnswers(sent, profile), ...findEmptiness(sent, profile), ...findRoleFaults(sent, profile)]
}

/** Results stand right behind their calls, one for each. */
function findLostAnswers(sent: readonly ModelMessage[], profile: HistoryProfile): string[] {
  return sent.flatMap((message, at) => {
    if (message.role === 'tool' || message.role === 'function') {
      const before = sent.slice(0, at).findLast((other) => other.role !== message.role)
      return before && hasCalls(before) ? [] : [`a result without a call at ${at}`]
    }
    if (message.role !== 'assistant' || !message.tool_calls) return []
    const ids = message.tool_calls.map(({ id }) => id)
    const answers = sent.slice(at + 1, at + 1 + ids.length)
    const answered = answers.map((answer) => (answer.role === 'tool' ? answer.tool_call_id : undefined))
    return [
      ...(profile.toolRole === 'tool' && ids.join() !== answered.join() ? [`calls without results at ${at}`] : []),
      ...(profile.callsPerMessage === 'one' && ids.length > 1 ? [`several calls at ${at}`] : []),
      ...(profile.callIds === 'nine' && !ids.every((id) => /^[A-Za-z0-9]{9}$/.test(id)) ? [`ids ${ids.join()}`] : []),
    ]
  })
}

function findEmptiness(sent: readonly ModelMessage[], profile: HistoryProfile): string[] {
  return sent.flatMap((message, at) =>
    message.role === 'assistant' && message.content === null && profile.emptyContent !== null ? [`null at ${at}`] : [],
  )
}

function findRoleFaults(sent: readonly ModelMessage[], profile: HistoryProfile): string[] {
  const faults: string[] = []
  const system = sent.flatMap((message, at) => (message.role === 'system' || message.role === 'developer' ? [at] : []))
  if (profile.system === 'first' && system.some((at) => at > 0)) faults.push(`system at ${system.join()}`)
  if (profile.system === 'user' && system.length > 0) faults.push('a system message')
  if (profile.developer === 'system' && sent.some((message) => message.role === 'developer')) faults.push('a developer')
  if (!profile.alternate) return faults
  const turns = sent.filter(
    (message) => message.role === 'user' || (message.role === 'assistant' && !hasCalls(message)),
  )
  const wrong = turns.filter((message, at) => message.role !== (at % 2 === 0 ? 'user' : 'assistant'))
  return wrong.length > 0 ? [...faults, `turns ${turns.map((message) => message.role).join()}`] : faults
}

function hasCalls(message: ModelMessage): boolean {
  return 'tool_calls' in message || 'function_call' in message
}
