import { readdirSync, readFileSync } from 'node:fs'
import { Template } from '@huggingface/jinja'
import { describe, expect, it } from 'vitest'
import { families } from '../../../src/dialects/history/families.ts'
import { historyProfile, toFunctions, toTextOnly } from '../../../src/dialects/index.ts'
import { findLoss } from './find-loss.ts'
import { realTemplates } from './real-templates.ts'
import type { ServerShape } from './render-template.ts'

const folder = new URL('../../fixtures/templates/', import.meta.url)

/** Templates, and the models whose own templates have those rules. */
const models: Record<string, string[]> = {
  chatml: ['Qwen/Qwen2.5-7B-Instruct', 'Qwen/Qwen3-8B', 'Qwen/QwQ-32B', 'ibm-granite/granite-4.0-micro'],
  'command-a': ['CohereLabs/c4ai-command-r7b-12-2024', 'CohereLabs/command-a-reasoning-08-2025'],
  'deepseek-v3': ['deepseek-ai/DeepSeek-V3-0324', 'deepseek-v3:671b'],
  'deepseek-v3.1': ['deepseek-ai/DeepSeek-V3.1', 'deepseek-ai/DeepSeek-V3.2', 'deepseek-ai/DeepSeek-R1-0528'],
  gemma2: ['google/gemma-2-9b-it', 'gemma:7b'],
  gemma3: ['google/gemma-3-27b-it', 'gemma3n:e4b'],
  'gpt-oss': ['openai/gpt-oss-20b', 'gpt-oss:120b'],
  hermes: ['NousResearch/Hermes-3-Llama-3.1-8B', 'hermes3:70b'],
  'keyed-arguments': ['zai-org/GLM-4.6', 'Qwen/Qwen3-Coder-30B-A3B-Instruct', 'ByteDance-Seed/Seed-OSS-36B-Instruct'],
  'kimi-k2': ['moonshotai/Kimi-K2-Instruct', 'moonshotai/Kimi-K2-Thinking'],
  llama3: ['meta-llama/Llama-3.1-8B-Instruct', 'llama3.2:3b', 'meta-llama/Llama-3.2-11B-Vision-Instruct'],
  llama4: ['meta-llama/Llama-4-Scout-17B-16E-Instruct'],
  minimax: ['MiniMaxAI/MiniMax-M2'],
  'mistral-nemo': ['mistralai/Mistral-Nemo-Instruct-2407', 'mistral:7b', 'mistralai/Mixtral-8x22B-Instruct-v0.1'],
  'mistral-small': [
    'mistralai/Mistral-Small-3.2-24B-Instruct-2506',
    'mistralai/Magistral-Small-2509',
    'mistralai/Devstral-Small-2507',
    'mistralai/Ministral-8B-Instruct-2410',
  ],
  'qwen3.5': ['Qwen/Qwen3.5-35B-A3B', 'qwen3.6:27b'],
  strict: [
    'my-own-model',
    'google/gemma-4-31b-it',
    'nvidia/NVIDIA-Nemotron-3-Nano-30B-A3B',
    'LGAI-EXAONE/EXAONE-4.0-32B',
    'upstage/solar-pro2',
    'naver-hyperclovax/HyperCLOVAX-SEED-Think-14B',
    'kakaocorp/kanana-1.5-8b-instruct-2505',
    'skt/A.X-4.0',
    'K-intelligence/Midm-2.0-Base-Instruct',
    'ai21labs/AI21-Jamba-Mini-1.7',
    'allenai/Olmo-3-7B-Instruct',
    'tencent/Hunyuan-A13B-Instruct',
  ],
  'text-only': ['microsoft/Phi-4-mini-instruct', 'CohereLabs/c4ai-command-r-v01'],
}

/** Templates that write arguments as they are, and so want them as text. */
const wantsText = new Set(['deepseek-v3', 'deepseek-v3.1'])

function read(name: string): Template {
  return new Template(readFileSync(new URL(`${name}.jinja`, folder), 'utf8'))
}

const parsing: ServerShape = { parsesArguments: true, contentInParts: false }
const plain: ServerShape = { parsesArguments: false, contentInParts: false }

const cases = Object.entries(models).flatMap(([template, ids]) => ids.map((model) => ({ template, model })))

it.each(cases)('$model on $template: every word, call and result is shown once, and nothing raises', (one) => {
  const shape = wantsText.has(one.template) ? plain : parsing
  expect(findLoss(historyProfile(one.model), read(one.template), shape)).toBeUndefined()
})

it.each(cases.filter(({ template }) => !wantsText.has(template)))(
  '$model on $template: so it is with arguments as objects, where the server does not parse them',
  ({ template, model }) => {
    expect(findLoss({ ...historyProfile(model), arguments: 'object' }, read(template), plain)).toBeUndefined()
  },
)

it('arguments as text are encoded twice, or fail, where the server does not parse them', () => {
  expect(findLoss(historyProfile('qwen2.5:7b'), read('chatml'), plain)).toContain('0 times: ')
  expect(findLoss(historyProfile('glm-4.6'), read('keyed-arguments'), plain)).toContain('raised: ')
})

describe.each(Object.keys(models).map((template) => ({ template, model: models[template]?.[0] ?? '' })))(
  '$model on a lesser server',
  ({ model }) => {
    it('shows all where only text is known', () => {
      const profile = toTextOnly({ ...historyProfile(model), system: 'first' })
      expect(findLoss(profile, read('text-only'), parsing)).toBeUndefined()
    })

    it('shows all where only functions are known', () => {
      const profile = toFunctions({ ...historyProfile(model), system: 'first' })
      expect(findLoss(profile, read('functions'), parsing)).toBeUndefined()
    })
  },
)

it('every template of the folder is used', () => {
  const used = [...Object.keys(models), 'functions']
  expect(readdirSync(folder).toSorted()).toEqual(used.map((name) => `${name}.jinja`).toSorted())
})

describe.each(families)('the family $name', ({ why, matches }) => {
  it('says why, and a model of it is tried', () => {
    const tried = [...Object.values(models).flat(), ...realTemplates.map(({ model }) => model)]
    const known = tried.filter((model) => families.find((family) => family.matches(model))?.matches === matches)
    expect(known).not.toEqual([])
    expect(why).toMatch(/^[A-Z].*\.$/)
  })
})
