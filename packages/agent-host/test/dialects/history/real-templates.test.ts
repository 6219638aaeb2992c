import { Template } from '@huggingface/jinja'
import { describe, expect, it } from 'vitest'
import { historyProfile, toTextOnly } from '../../../src/dialects/index.ts'
import { findLoss } from './find-loss.ts'
import { realTemplates } from './real-templates.ts'
import type { ServerShape } from './render-template.ts'

/** Those that judge or extract show a part of what they are given; the last loops over letters, as only Python does. */
const notHere = /guard|shieldgemma|nuextract|llama3\.2-vision/

/** What a name leaves open. */
const better: Record<string, string> = { 'deepseek-r1:latest': 'deepseek-ai/DeepSeek-R1-0528-Qwen3-8B' }

/** Servers find out which of these a template wants. */
const shapes: readonly ServerShape[] = [
  { parsesArguments: true, contentInParts: false },
  { parsesArguments: false, contentInParts: false },
  { parsesArguments: true, contentInParts: true },
]

const cases = realTemplates.filter(({ model }) => !notHere.test(model))

describe.each(cases)('the template of $model', ({ model, source }) => {
  const template = new Template(source)
  const own = historyProfile(better[model] ?? model)
  // What these templates have not heard of must be text; a host learns that from the server's refusal.
  const knowsCalls = source.includes('tool_calls') && !model.startsWith('command-')
  const profile = knowsCalls ? own : toTextOnly(own)

  it('shows every word, call and result once, and nothing raises', () => {
    const losses: string[] = []
    for (const shape of shapes) {
      const loss = findLoss(profile, template, shape)
      if (loss === undefined) return
      losses.push(loss)
    }
    expect(losses.join('\n\n')).toBe('')
  })
})

it('are read out of their package', () => {
  expect(realTemplates.length).toBeGreaterThan(90)
  expect(new Set(realTemplates.map(({ model }) => model)).size).toBeGreaterThan(90)
})
