import { modelPattern } from '../model-pattern.ts'
import type { HistoryProfile } from './history-profile.ts'

/** What sets the chat templates of one model family apart from the default profile. */
export interface HistoryFamily {
  name: string
  matches: (model: string) => boolean
  /** What its templates do, as the reason for its rules. */
  why: string
  rules: Partial<HistoryProfile>
}

const textOnly: Partial<HistoryProfile> = { calls: 'content', toolRole: 'user', alternate: true }
const toolResponse = '<tool_response>\n{result}\n</tool_response>'
const mistral: Partial<HistoryProfile> = { callIds: 'nine', alternate: true, textOfCalls: 'apart' }
const llama3: Partial<HistoryProfile> = { opensWithUser: true, callsPerMessage: 'one', textOfCalls: 'apart' }

/** The families with rules, the narrower before the wider: the first that matches a model counts. */
export const families: readonly HistoryFamily[] = [
  {
    name: 'gpt-oss',
    matches: modelPattern(/gpt-?oss/),
    why: 'Shows one call a message; raises on null, orphan results and text beside thinking; drops late system.',
    rules: {
      callsPerMessage: 'one',
      // Beside the calls of earlier loops, the template drops text as it drops their thinking.
      textOfCalls: 'beside-in-loop',
      reasoning: 'current',
      reasoningFields: ['reasoning_content', 'reasoning', 'thinking'],
      reasoningBesideText: false,
    },
  },
  {
    name: 'DeepSeek V3.1 and later',
    matches: modelPattern(/deepseek-?(?:v?3\.[1-9]|v?[4-9])/),
    why: 'Takes text and reasoning beside calls, but raises on null content where it looks for </think>.',
    rules: { reasoning: 'current' },
  },
  {
    name: 'DeepSeek V3, R1 and V2.5',
    matches: modelPattern(/deepseek-?(?:v?3(?!\.)|v2\.5)|r1-1776|deepseek-r1(?!-?0528)|deepcoder/),
    why: 'Shows calls only where the content is null, and drops them beside any text.',
    rules: { emptyContent: null, textOfCalls: 'apart', dialect: 'deepseek_v3' },
  },
  {
    name: 'DeepSeek R1 0528',
    matches: modelPattern(/deepseek/),
    why: 'Raises on null content, where it looks for </think>.',
    rules: { dialect: 'deepseek_v3' },
  },
  {
    name: 'Qwen3.5 and later',
    matches: modelPattern(/qwen-?(?:3\.[5-9]|[4-9](?!\d*b))/),
    why: 'Raises on a late system message and where no user asked; shows the reasoning of the running loop.',
    rules: { resultText: toolResponse, reasoning: 'current', opensWithUser: true },
  },
  {
    name: 'Qwen3-Coder',
    matches: modelPattern(/qwen-?3-?coder/),
    why: 'Writes each argument by itself, so the server must parse them for it, or be sent an object.',
    rules: { resultText: toolResponse },
  },
  {
    name: 'Hermes',
    matches: modelPattern(/hermes/),
    why: 'Its tool template shows the calls of a message without the text beside them.',
    rules: { resultText: toolResponse, textOfCalls: 'apart' },
  },
  {
    name: 'Qwen2.5, Qwen3 and QwQ',
    matches: modelPattern(/qwen|qwq/),
    why: 'Fails on null content where it looks for </think>; Qwen3 shows the reasoning of the running loop.',
    rules: { resultText: toolResponse, reasoning: 'current' },
  },
  {
    name: 'Mistral before Small 3',
    matches: modelPattern(
      /mixtral|mistral:?-?7b|mistral-?nemo(?!tron)|mistral-(?:small|large)(?:-instruct)?-240\d|^mistral(?::latest)?$/,
    ),
    why: 'Demands 9-character ids and strict turns; shows system messages only while the user spoke last.',
    rules: { ...mistral, system: 'user' },
  },
  {
    name: 'Mistral',
    matches: modelPattern(/mistral|ministral|magistral|devstral|codestral|pixtral|voxtral/),
    why: 'Demands ids of 9 letters and digits and strict turns, and may drop text beside calls.',
    rules: mistral,
  },
  {
    name: 'Gemma 4 and FunctionGemma',
    matches: modelPattern(/gemma-?4|function-?gemma/),
    why: 'Unlike the Gemmas before it, knows the system role, calls and results.',
    rules: { reasoning: 'current' },
  },
  {
    name: 'Gemma 3',
    matches: modelPattern(/gemma-?3/),
    why: 'Raises on null content and where roles do not take turns; knows neither calls nor results.',
    rules: textOnly,
  },
  {
    name: 'Gemma 1 and 2',
    matches: modelPattern(/gemma/),
    why: 'Raises on a system message and where roles do not take turns; knows neither calls nor results.',
    rules: { ...textOnly, system: 'user' },
  },
  {
    name: 'Llama 4',
    matches: modelPattern(/llama-?4/),
    why: "Takes the first message for the user's, fails on null content, and drops nothing else.",
    rules: { opensWithUser: true },
  },
  {
    name: 'Nemotron',
    matches: modelPattern(/nemotron-(?:nano|super|ultra|3|h)|nemotron.*(?:nano|super|ultra)/),
    why: 'Knows one system message, the first; Nemotron 3 shows the reasoning of the running loop.',
    rules: { reasoning: 'current' },
  },
  {
    name: 'Llama 3.2 Vision',
    matches: modelPattern(/llama-?3\.2.*vision/),
    why: 'As Llama 3, and raises on a system message in a conversation with images.',
    rules: { ...llama3, system: 'user' },
  },
  {
    name: 'Llama 3',
    matches: modelPattern(/llama-?3|^nemotron(?::|$)/),
    why: "Raises on two calls in one message, drops text beside a call, and takes the first message for the user's.",
    rules: llama3,
  },
  {
    name: 'GLM-4.5 and later',
    matches: modelPattern(/glm-?(?:4\.[5-9]|[5-9])/),
    why: 'Writes each argument by itself, as Qwen3-Coder does; shows the reasoning of the running loop.',
    rules: { reasoning: 'current' },
  },
  {
    name: 'Kimi',
    matches: modelPattern(/kimi/),
    why: 'Knows results by ids like functions.name:0, counted throughout; K2 Thinking shows reasoning.',
    rules: { callIds: 'numbered', reasoning: 'current' },
  },
  {
    name: 'MiniMax',
    matches: modelPattern(/minimax/),
    why: 'Raises on orphan results, drops late system messages, and shows the reasoning of the running loop.',
    rules: { reasoning: 'current' },
  },
  {
    name: 'Seed-OSS',
    matches: modelPattern(/seed-?oss/),
    why: 'Writes each argument by itself, as Qwen3-Coder does; shows reasoning where there is any.',
    rules: { reasoning: 'current' },
  },
  {
    name: 'Phi-4-mini',
    matches: modelPattern(/phi-?4-?mini/),
    why: 'Shows the content of messages and nothing else, so calls and results must be text.',
    rules: textOnly,
  },
  {
    name: 'Command R7B and A',
    matches: modelPattern(/command-?(?:r7b|a(?!\w))/),
    why: 'Shows a plan of its own beside calls, in place of their text.',
    rules: { textOfCalls: 'apart' },
  },
  {
    name: 'Command R',
    matches: modelPattern(/command-?r|aya/),
    why: 'Its plain template demands strict turns and knows neither calls nor results.',
    rules: textOnly,
  },
  {
    name: 'Phi-3, Phi-4-reasoning, LLaVA and LLaMA Pro',
    matches: modelPattern(/phi-?3(?!\.5)|phi-?4-reasoning|llava|llama-pro/),
    why: 'Drops or refuses the system role.',
    rules: { system: 'user' },
  },
  {
    name: 'Hunyuan',
    matches: modelPattern(/hunyuan/),
    why: 'Fails on null content and knows one system message, the first.',
    rules: {},
  },
]
