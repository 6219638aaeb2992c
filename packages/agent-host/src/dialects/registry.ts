import { apertus } from './apertus.ts'
import { createAuto } from './auto.ts'
import { bareJsonDialect } from './bare-json.ts'
import { cohereCommand } from './cohere-command.ts'
import { ernie45 } from './ernie45.ts'
import { functionaryV31 } from './functionary-v31.ts'
import { functionaryV32 } from './functionary-v32.ts'
import { functiongemma } from './functiongemma.ts'
import { gemma4 } from './gemma4.ts'
import { gigachat3 } from './gigachat3.ts'
import { granite } from './granite.ts'
import { granite20bFc } from './granite-20b-fc.ts'
import { hunyuanA13b } from './hunyuan-a13b.ts'
import { inkling } from './inkling.ts'
import { internlm } from './internlm.ts'
import { jamba } from './jamba.ts'
import { lfm2 } from './lfm2.ts'
import { llama3Json } from './llama3-json.ts'
import { llama4Pythonic } from './llama4-pythonic.ts'
import { longcat } from './longcat.ts'
import { minimax } from './minimax.ts'
import { nemotronJson } from './nemotron-json.ts'
import { phi4MiniJson } from './phi4-mini-json.ts'
import { deepSeekV3, deepSeekV31 } from './deepseek-v3.ts'
import { kimiK2 } from './kimi-k2.ts'
import { mistral } from './mistral.ts'
import { olmo3 } from './olmo3.ts'
import { pythonic } from './pythonic.ts'
import { claude } from './claude.ts'
import { deepseekV32 } from './deepseek-v32.ts'
import { deepseekV4 } from './deepseek-v4.ts'
import { glm45 } from './glm45.ts'
import { glm47 } from './glm47.ts'
import { hyV3 } from './hy-v3.ts'
import { kimiK3 } from './kimi-k3.ts'
import { minicpm5 } from './minicpm5.ts'
import { minimaxM2 } from './minimax-m2.ts'
import { minimaxM3 } from './minimax-m3.ts'
import { poolsideV1 } from './poolside-v1.ts'
import { react } from './react.ts'
import { qwen3Coder } from './qwen3-coder.ts'
import { seedOss } from './seed-oss.ts'
import { solarOpen2 } from './solar-open2.ts'
import { step3 } from './step3.ts'
import { xlam } from './xlam.ts'
import type { Dialect } from './dialect.ts'
import { harmony } from './harmony.ts'
import { hermes } from './hermes.ts'

const registered: Dialect[] = [
  hermes,
  harmony,
  cohereCommand,
  ernie45,
  gigachat3,
  granite,
  granite20bFc,
  hunyuanA13b,
  internlm,
  jamba,
  longcat,
  minimax,
  nemotronJson,
  phi4MiniJson,
  deepSeekV3,
  deepSeekV31,
  kimiK2,
  mistral,
  llama3Json,
  xlam,
  apertus,
  inkling,
  pythonic,
  llama4Pythonic,
  olmo3,
  lfm2,
  gemma4,
  functiongemma,
  functionaryV31,
  functionaryV32,
  react,
  qwen3Coder,
  seedOss,
  minimaxM2,
  claude,
  deepseekV32,
  deepseekV4,
  step3,
  minicpm5,
  glm45,
  glm47,
  poolsideV1,
  solarOpen2,
  hyV3,
  kimiK3,
  minimaxM3,
  bareJsonDialect,
]
let auto = createAuto(registered)

/** All registered dialects; `auto` is made of them and not among them. */
export const dialects: readonly Dialect[] = registered

/** The dialect of this name or alias, `auto` included, in any case; undefined where there is none. */
export function findDialect(name: string): Dialect | undefined {
  const wanted = name.toLowerCase()
  if (wanted === auto.name) return auto
  return registered.find((dialect) => dialect.name === wanted || dialect.aliases?.includes(wanted))
}

/** The dialect that a model of this id speaks; undefined where it is not known. */
export function detectDialect(model: string): Dialect | undefined {
  return registered.find((dialect) => dialect.detects(model))
}

/** The dialect to read a model's text with: its own, else `auto`. */
export function dialectFor(model: string): Dialect {
  return detectDialect(model) ?? auto
}

/**
 * Adds a dialect, in place of one of the same name. Of those that know a model the newest wins, so that one of your own
 * may take over some models of a family and leave the rest.
 */
export function registerDialect(dialect: Dialect): void {
  const same = registered.findIndex((other) => other.name === dialect.name)
  if (same !== -1) registered.splice(same, 1)
  registered.unshift(dialect)
  auto = createAuto(registered)
}
