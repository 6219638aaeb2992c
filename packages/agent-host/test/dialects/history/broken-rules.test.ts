import { readFileSync } from 'node:fs'
import { Template } from '@huggingface/jinja'
import { expect, it } from 'vitest'
import { historyProfile, type HistoryProfile } from '../../../src/dialects/index.ts'
import { findLoss } from './find-loss.ts'
import { realTemplates } from './real-templates.ts'

interface BrokenRule {
  model: string
  /** One of our own templates, or else the model's real one. */
  template?: string
  breaks: Partial<HistoryProfile>
  /** What the template raises, or how often it shows a word. */
  loses: string | RegExp
  parsesArguments?: boolean
}

const rules: readonly BrokenRule[] = [
  { model: 'gpt-oss', template: 'gpt-oss', breaks: { callsPerMessage: 'many' }, loses: '0 times' },
  { model: 'gpt-oss', template: 'gpt-oss', breaks: { emptyContent: null }, loses: 'must not be null' },
  { model: 'gpt-oss', template: 'gpt-oss', breaks: { reasoningBesideText: true }, loses: 'Both content and thinking' },
  { model: 'gpt-oss', template: 'gpt-oss', breaks: { textOfCalls: 'beside' }, loses: '0 times' },
  { model: 'gpt-oss', template: 'gpt-oss', breaks: { system: 'keep' }, loses: '0 times' },
  { model: 'mistral-nemo', template: 'mistral-nemo', breaks: { callIds: 'keep' }, loses: '9 characters' },
  { model: 'mistral-nemo', template: 'mistral-nemo', breaks: { alternate: false }, loses: 'must alternate' },
  { model: 'mistral-nemo', template: 'mistral-nemo', breaks: { system: 'first' }, loses: '0 times' },
  { model: 'mistral-nemo', template: 'mistral-nemo', breaks: { textOfCalls: 'beside' }, loses: '0 times' },
  { model: 'gemma2:2b', breaks: { system: 'first' }, loses: 'System role not supported' },
  { model: 'gemma2:2b', breaks: { alternate: false }, loses: 'must alternate' },
  {
    model: 'gemma3:1b',
    template: 'gemma3',
    breaks: { calls: 'tool_calls', emptyContent: null },
    loses: 'content type',
  },
  { model: 'llama3.1:8b', breaks: { callsPerMessage: 'many' }, loses: 'single tool-calls' },
  { model: 'llama3.1:8b', breaks: { textOfCalls: 'beside' }, loses: '0 times' },
  { model: 'llama3.1:8b', breaks: { opensWithUser: false }, loses: /raised|0 times/ },
  { model: 'deepseek-v3:671b', breaks: { emptyContent: '' }, loses: '0 times', parsesArguments: false },
  { model: 'qwen3.5', template: 'qwen3.5', breaks: { system: 'keep' }, loses: 'must come first' },
  { model: 'qwen3.5', template: 'qwen3.5', breaks: { opensWithUser: false }, loses: 'No user query' },
  { model: 'minimax-m2', template: 'minimax', breaks: { system: 'keep' }, loses: '0 times' },
  { model: 'kimi-k2', template: 'kimi-k2', breaks: { callIds: 'keep' }, loses: 'Unexpected id' },
  { model: 'hermes3:70b', template: 'hermes', breaks: { textOfCalls: 'beside' }, loses: '0 times' },
]

it.each(rules)('without $breaks the template of $model loses something', (rule) => {
  const { model, template, breaks, loses, parsesArguments = true } = rule
  const broken = { ...historyProfile(model), ...breaks }
  expect(findLoss(broken, readTemplate(model, template), { parsesArguments, contentInParts: false })).toMatch(loses)
})

function readTemplate(model: string, name: string | undefined): Template {
  const real = realTemplates.find((template) => template.model === model)?.source ?? ''
  const own = new URL(`../../fixtures/templates/${name ?? ''}.jinja`, import.meta.url)
  return new Template(name === undefined ? real : readFileSync(own, 'utf8'))
}
