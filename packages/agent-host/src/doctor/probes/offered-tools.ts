import { buildTurnRequest } from '../../agent/turn-request.ts'
import { createCapabilityMemory } from '../../backend/capabilities.ts'
import type { Rung } from '../../core/events.ts'
import { createId } from '../../core/ids.ts'
import { textMessage } from '../../core/message.ts'
import type { ToolCall } from '../../core/tool.ts'
import { failureWords, insteadOf, oneLine, toolAdvice } from '../advice.ts'
import type { Probe, ProbeResult } from '../finding.ts'
import type { Observation } from '../observation.ts'
import {
  callTokens,
  baselineQuestion,
  functionsQuestion,
  tools,
  toolsQuestion,
  weather,
  weatherText,
} from '../questions.ts'
import { readersOf } from '../readers.ts'
import type { Subject } from '../subject.ts'

/** The tools in the request's `tools`. */
export const nativeTools: Probe = {
  name: 'tools',
  run: async (subject) => judge(subject, 'tools', await subject.ask(toolsQuestion)),
}

/** The tools in the older `functions`. */
export const functions: Probe = {
  name: 'functions',
  run: async (subject) => judge(subject, 'functions', await subject.ask(functionsQuestion)),
}

/** The tools taught in the instructions, exactly as a run would teach them. */
export const taughtTools: Probe = {
  name: 'prompt',
  async run(subject) {
    const { id: model } = subject.info
    const capabilities = createCapabilityMemory().of('', model)
    const messages = [textMessage(createId('msg'), 'user', weatherText)]
    const options = { model, tools, capabilities, parallelToolCalls: false, maxTokens: callTokens, temperature: 0 }
    const { body, dialect } = buildTurnRequest(messages, 'prompt', options)
    const { model: _, stream: __, stream_options: ___, ...question } = body
    return judgeTaught(await subject.ask(question, dialect), dialect.name)
  },
}

/** A call that came back shows that the model sees the tools; else a prompt that is longer with them does. */
async function judge(subject: Subject, name: Rung, seen: Observation): Promise<ProbeResult> {
  const requests = [seen.number]
  if (seen.refusal || seen.failure !== undefined) {
    const change =
      name === 'tools' ? `${toolAdvice(subject, seen.refusal?.words ?? '')}; ${insteadOf.tools}` : insteadOf[name]
    return { state: 'note', says: failureWords(seen), change, requests, rung: { name, works: false } }
  }
  const works = { name, works: true }
  if (seen.native.some(isRight)) return { state: 'ok', says: 'calls come back as calls', requests, rung: works }
  if (seen.leaked.some(isRight)) {
    const [reader] = readersOf(seen.raw, subject.info.id)
    const says = `the call is left in the text, as ${reader ?? 'an unknown dialect'} writes it; agent-host reads it`
    const change = `for other clients, ${toolAdvice(subject, '', reader)}`
    return { state: 'note', says, change, requests, rung: works }
  }
  const [problem] = seen.broken
  if (problem !== undefined && seen.finish !== 'length') {
    const change = `${toolAdvice(subject, '')}, or use a larger model; agent-host tells the model what was wrong`
    return { state: 'note', says: `a call came back broken: ${oneLine(problem)}`, change, requests, rung: works }
  }
  return await judgeLength(subject, name, seen)
}

async function judgeLength(subject: Subject, name: Rung, seen: Observation): Promise<ProbeResult> {
  const bare = await subject.ask(baselineQuestion)
  const requests = [seen.number, bare.number]
  const before = bare.usage?.prompt_tokens
  const after = seen.usage?.prompt_tokens
  if (before === undefined || after === undefined) {
    const says = `taken, but no call came and tokens are not counted: ${answerWords(seen)}`
    return {
      state: 'unknown',
      says,
      change: 'ask again, or try it with: agent-host ask',
      requests,
      rung: { name, works: undefined },
    }
  }
  if (after > before) {
    const says = `the model sees them (${after - before} tokens more), but made no call: ${answerWords(seen)}`
    return { state: 'note', says, change: noCallAdvice(seen), requests, rung: { name, works: true } }
  }
  const says = 'ignored: the server takes them and does not show them to the model'
  const change = name === 'tools' ? `${toolAdvice(subject, '')}; ${insteadOf.tools}` : insteadOf[name]
  return { state: 'note', says, change, requests, rung: { name, works: false } }
}

function judgeTaught(seen: Observation, dialect: string): ProbeResult {
  const requests = [seen.number]
  if (seen.refusal || seen.failure !== undefined) {
    return { state: 'problem', says: failureWords(seen), requests, rung: { name: 'prompt', works: false } }
  }
  if ([...seen.native, ...seen.leaked].some(isRight)) {
    return {
      state: 'ok',
      says: `calls come back, taught as ${dialect}`,
      requests,
      rung: { name: 'prompt', works: true },
    }
  }
  const says = `taught as ${dialect}, the model made no call: ${answerWords(seen)}`
  return { state: 'unknown', says, change: noCallAdvice(seen), requests, rung: { name: 'prompt', works: undefined } }
}

function noCallAdvice({ finish }: Observation): string {
  return finish === 'length' ? 'a model that thinks this long needs more than the tokens of a probe' : insteadOf.prompt
}

function answerWords({ finish, raw, text }: Observation): string {
  if (finish === 'length') return `the answer was cut off after ${callTokens} tokens`
  return JSON.stringify(oneLine(text || raw).slice(0, 60))
}

function isRight({ name }: ToolCall): boolean {
  return name === weather.name
}
