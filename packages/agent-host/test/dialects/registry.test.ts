import { describe, expect, it } from 'vitest'
import type { Dialect } from '../../src/dialects/dialect.ts'
import { detectDialect, dialects, findDialect, registerDialect } from '../../src/dialects/registry.ts'
import { readTurn, summarise } from './read-turn.ts'

/** Ids as servers, hubs and file names write them, and the dialect each speaks; undefined: not a known one. */
const models: Record<string, string | undefined> = {
  'openai/gpt-oss-20b': 'harmony',
  'gpt-oss:20b': 'harmony',
  'gpt-oss-120b-Q4_K_M.gguf': 'harmony',
  'unsloth/gpt-oss-20b-BF16': 'harmony',
  '/models/gpt_oss_20b-mxfp4.gguf': 'harmony',
  'gpt-oss-20b-lora-support-desk': 'harmony',
  'Qwen/Qwen2.5-7B-Instruct': 'hermes',
  'Qwen/Qwen2.5-7B-Instruct-AWQ': 'hermes',
  'qwen2.5:7b': 'hermes',
  'qwen2.5-coder-32b-instruct': 'hermes',
  'Qwen/Qwen3-8B': 'hermes',
  'qwen3:8b': 'hermes',
  'Qwen3-30B-A3B-Instruct-2507-UD-Q4_K_XL.gguf': 'hermes',
  'Qwen/Qwen3-VL-8B-Instruct': 'hermes',
  'Qwen/QwQ-32B': 'hermes',
  'NousResearch/Hermes-3-Llama-3.1-8B': 'hermes',
  'hermes-2-pro-mistral-7b.Q5_K_M.gguf': 'hermes',
  'ibm-granite/granite-4.0-h-small': 'hermes',
  'meituan-longcat/LongCat-Flash-Chat': 'longcat',
  'ai21labs/AI21-Jamba-1.5-Mini': 'jamba',
  'ServiceNow-AI/Apriel-1.5-15b-Thinker': 'jamba',
  'tencent/Hunyuan-A13B-Instruct': 'hunyuan_a13b',
  'MiniMaxAI/MiniMax-M1-80k': 'minimax',
  'MiniMaxAI/MiniMax-M2': 'minimax_m2',
  'MiniMax-M2.5-UD-Q2_K_XL.gguf': 'minimax_m2',
  'MiniMaxAI/MiniMax-M3': 'minimax_m3',
  'nvidia/NVIDIA-Nemotron-Nano-9B-v2': 'nemotron_json',
  'ibm-granite/granite-3.3-8b-instruct': 'granite',
  'granite3.1-dense:8b': 'granite',
  'ibm-granite/granite-20b-functioncalling': 'granite-20b-fc',
  'microsoft/Phi-4-mini-instruct': 'phi4_mini_json',
  'fireworks-ai/firefunction-v2': 'phi4_mini_json',
  'internlm/internlm3-8b-instruct': 'internlm',
  'internlm/Intern-S1': 'internlm',
  'baidu/ERNIE-4.5-21B-A3B-Thinking': 'ernie45',
  'ai-sage/GigaChat3-10B-A1.8B': 'gigachat3',
  'CohereLabs/c4ai-command-r7b-12-2024': 'cohere_command3',
  'CohereLabs/c4ai-command-a-03-2025': 'cohere_command3',
  'moonshotai/Kimi-K2-Instruct-0905': 'kimi_k2',
  'deepseek-ai/DeepSeek-V3-0324': 'deepseek_v3',
  'deepseek-ai/DeepSeek-R1-0528': 'deepseek_v3',
  'deepseek-ai/DeepSeek-V3.1-Terminus': 'deepseek_v31',
  'deepseek-ai/DeepSeek-V3.2': 'deepseek_v32',
  'deepseek-ai/DeepSeek-V3.2-Exp': 'deepseek_v32',
  'deepseek-ai/DeepSeek-V4-Flash': 'deepseek_v4',
  'mistralai/Mistral-Small-3.2-24B-Instruct-2506': 'mistral',
  'Mistral-Nemo-Instruct-2407-Q4_K_M.gguf': 'mistral',
  'mixtral:8x7b': 'mistral',
  'mistralai/Devstral-Small-2507': 'mistral',
  'Qwen/Qwen3-Coder-30B-A3B-Instruct': 'qwen3_coder',
  'Qwen/Qwen3-Coder-Next': 'qwen3_coder',
  'qwen3-coder:30b': 'qwen3_coder',
  'qwen3-coder-30b-lora-sql': 'qwen3_coder',
  'Qwen/Qwen3.5-35B-A3B': 'qwen3_coder',
  'Qwen3.6-27B-UD-Q4_K_XL.gguf': 'qwen3_coder',
  'Qwen/Qwen3-Next-80B-A3B-Instruct': 'hermes',
  'XiaomiMiMo/MiMo-V2-Flash': 'qwen3_coder',
  'XiaomiMiMo/MiMo-VL-7B-RL': 'hermes',
  'stepfun-ai/Step-3.5-Flash': 'qwen3_coder',
  'stepfun-ai/step3': 'step3',
  'stepfun-ai/Step3-fp8': 'step3',
  'nvidia/NVIDIA-Nemotron-3-Nano-30B-A3B-BF16': 'qwen3_coder',
  'ByteDance-Seed/Seed-OSS-36B-Instruct': 'seed_oss',
  'seed_oss-36b-instruct-q4_k_m.gguf': 'seed_oss',
  'zai-org/GLM-4.5-Air': 'glm45',
  'glm-4.5-air-hi-mlx': 'glm45',
  'GLM-4.6-Q4_K_M.gguf': 'glm45',
  'zai-org/GLM-4.7-Flash': 'glm47',
  'zai-org/GLM-5': 'glm47',
  'zai-org/GLM-5.1-FP8': 'glm47',
  'THUDM/glm-4-9b-chat': undefined,
  'poolside/Laguna-XS.2': 'poolside_v1',
  'tencent/Hy3-preview': 'hy_v3',
  'upstage/Solar-Open-2': 'solar_open2',
  'moonshotai/Kimi-K3': 'kimi_k3',
  'openbmb/MiniCPM5-8B': 'minicpm5',
  'meta-llama/Llama-4-Scout-17B-16E-Instruct': 'llama4_pythonic',
  'unsloth/Llama-4-Maverick-17B-128E-Instruct-GGUF': 'llama4_pythonic',
  'llama4:scout': 'llama4_pythonic',
  'meta-llama/Llama-Guard-4-12B': undefined,
  'mlx-community/TinyLlama-4bit': undefined,
  'meta-llama/Llama-3.2-3B-Instruct': 'pythonic',
  'Llama-3.2-1B-Instruct-Q4_K_M.gguf': 'pythonic',
  'mlx-community/Llama-3.2-3B-Instruct-4bit': 'pythonic',
  'llama3.2:1b': 'pythonic',
  'NousResearch/Hermes-3-Llama-3.2-3B': 'hermes',
  'Team-ACE/ToolACE-8B': 'pythonic',
  'Team-ACE/ToolACE-2-Llama-3.1-8B': 'pythonic',
  'google/gemma-3-27b-it': 'pythonic',
  'gemma3:4b': 'pythonic',
  'google_gemma-3n-E4B-it-Q8_0.gguf': 'pythonic',
  'google/gemma-2-9b-it': undefined,
  'google/medgemma-4b-it': undefined,
  'google/embeddinggemma-300m': undefined,
  'google/gemma-4-31B-it': 'gemma4',
  'unsloth/gemma-4-E2B-it-GGUF': 'gemma4',
  'mlx-community/gemma-4-26b-a4b-it-4bit': 'gemma4',
  'gemma4:e4b': 'gemma4',
  'google/functiongemma-270m-it': 'functiongemma',
  'functiongemma-270m-it-BF16.gguf': 'functiongemma',
  'allenai/Olmo-3-7B-Instruct': 'olmo3',
  'allenai/Olmo-3.1-32B-Think': 'olmo3',
  'allenai/OLMo-2-1124-7B-Instruct': undefined,
  'LiquidAI/LFM2-1.2B-Tool': 'lfm2',
  'LiquidAI/LFM2.5-1.2B-Instruct-GGUF': 'lfm2',
  'mlx-community/LFM2-8B-A1B-4bit': 'lfm2',
  'meetkai/functionary-small-v3.1': 'functionary_v31',
  'functionary-small-v3.2.Q4_0.gguf': 'functionary_v32',
  'meetkai/functionary-7b-v2.1': undefined,
  'someone/Qwen3-8B-Claude-Distill': 'hermes',
  'deepseek-ai/DeepSeek-R1-0528-Qwen3-8B': undefined,
  'meta-llama/Llama-3.1-8B-Instruct': 'llama3_json',
  'Meta-Llama-3.1-70B-Instruct-Q4_K_M.gguf': 'llama3_json',
  'meta-llama/Llama-3.3-70B-Instruct': 'llama3_json',
  'llama3.3:70b': 'llama3_json',
  'llama-3.3-70b-versatile': 'llama3_json',
  'accounts/fireworks/models/llama-v3p1-8b-instruct': 'llama3_json',
  'my_llama_3_1_8b-lora-support-desk': 'llama3_json',
  'meta-llama/Meta-Llama-3-8B-Instruct': undefined,
  'meta-llama/Llama-3.2-90B-Vision-Instruct': undefined,
  'meta-llama/Llama-Guard-3-8B': undefined,
  'deepseek-ai/DeepSeek-R1-Distill-Llama-3.1-8B': undefined,
  'nvidia/Llama-3.1-Nemotron-Nano-8B-v1': undefined,
  'Salesforce/Llama-xLAM-2-8b-fc-r': 'xlam',
  'Llama-xLAM-2-70b-fc-r-Q4_K_M.gguf': 'xlam',
  'Salesforce/xLAM-2-32b-fc-r': 'xlam',
  'mradermacher/xLAM-2-1b-fc-r-GGUF': 'xlam',
  'Salesforce/xLAM-7b-fc-r': 'xlam',
  'swiss-ai/Apertus-8B-Instruct-2509': 'apertus',
  'unsloth/Apertus-70B-Instruct-2509-GGUF': 'apertus',
  'mlx-community/Apertus-8B-Instruct-2509-4bit': 'apertus',
  'acme/Inkling-Preview': 'inkling',
  'inkling:latest': 'inkling',
  'sprinkling-7b': undefined,
  'my-own-model': undefined,
}

/** What `--tool-call-parser` takes. */
const serverNames = {
  vLLM: `deepseek_v3 deepseek_v31 deepseek_v32 deepseek_v4 cohere_command3 cohere_command4 ernie45 glm45 glm47
    granite-20b-fc granite granite4 hermes poolside_v1 hunyuan_a13b hy_v3 internlm jamba lfm2 kimi_k2 kimi_k3 llama3_json
    llama4_json llama4_pythonic longcat mimo minimax_m2 minimax_m3 minicpm5 mistral olmo3 openai phi4_mini_json pythonic
    qwen3_coder qwen3_xml seed_oss step3 step3p5 inkling xlam gigachat3 functiongemma gemma4 apertus solar_open2`,
  'vLLM, as it was or may be,': 'minimax nemotron_json nemotron_nano_v2 nemotron_v3',
  SGLang: `apertus2509 cohere_command4 deepseekv3 deepseekv31 deepseekv32 deepseekv4 glm glm45 glm47 gpt-oss kimi_k2 kimi_k3
    lfm2 llama3 mimo minicpm5 mistral poolside_v1 pythonic qwen qwen25 qwen3_coder step3 step3p5 minimax-m2 minimax-m3
    trinity interns1 hermes hunyuan gigachat3 gemma4 inkling`,
}

describe('detectDialect', () => {
  it.each(Object.entries(models))('%s speaks %s', (model, name) => {
    expect(detectDialect(model)?.name).toBe(name)
  })

  it.each(Object.keys(models))('no two dialects claim %s', (model) => {
    expect(dialects.filter((dialect) => dialect.detects(model)).length).toBeLessThanOrEqual(1)
  })
})

describe('findDialect', () => {
  it('knows names and aliases in any case', () => {
    expect(findDialect('harmony')?.name).toBe('harmony')
    expect(findDialect('OpenAI')?.name).toBe('harmony')
    expect(findDialect('gpt-oss')?.name).toBe('harmony')
    expect(findDialect('auto')?.name).toBe('auto')
    expect(findDialect('nonsense')).toBeUndefined()
  })

  it.each(Object.entries(serverNames))('knows the names that %s has', (_server, names) => {
    expect(names.split(/\s+/).filter((name) => findDialect(name) === undefined)).toEqual([])
  })

  it('gives no name twice', () => {
    const names = dialects.flatMap((dialect) => [dialect.name, ...(dialect.aliases ?? [])])
    expect(new Set(names).size).toBe(names.length)
  })
})

describe('registerDialect', () => {
  it('is found, detected and part of auto', () => {
    const shout: Dialect = {
      name: 'shout',
      families: 'those who shout',
      detects: (model) => model === 'shouter',
      createParser: () => ({ push: () => [], end: () => [], done: false }),
      write: () => '',
      grammar: {
        openers: [
          {
            marker: 'CALL!',
            read(turn) {
              turn.startBlock('reasoning')
            },
          },
        ],
      },
    }
    registerDialect(shout)
    expect(findDialect('shout')).toBe(shout)
    expect(detectDialect('shouter')).toBe(shout)
    const auto = findDialect('auto')
    expect(auto && summarise(readTurn(auto, ['say CALL!quietly']))).toMatchObject({
      content: 'say ',
      reasoning: 'quietly',
    })
  })

  it('comes before those that know the same model, the newest first', () => {
    const first: Dialect = {
      ...(findDialect('shout') as Dialect),
      name: 'first',
      detects: (model) => /qwen3/i.test(model),
    }
    registerDialect(first)
    expect(detectDialect('Qwen/Qwen3-8B')).toBe(first)
    registerDialect({ ...first, name: 'second', detects: (model) => model === 'Qwen/Qwen3-8B' })
    expect(detectDialect('Qwen/Qwen3-8B')?.name).toBe('second')
    expect(detectDialect('Qwen/Qwen3-14B')).toBe(first)
  })

  it('takes the place of one of the same name', () => {
    const before = dialects.length
    const again = { ...(findDialect('shout') as Dialect), aliases: ['louder'] }
    registerDialect(again)
    expect(findDialect('louder')).toBe(again)
    expect(dialects.length).toBe(before)
  })
})
