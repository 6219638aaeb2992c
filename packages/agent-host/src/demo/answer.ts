import type { Conversation } from './conversation.ts'
import type { HarmonyMessage } from './harmony-text.ts'
import { findIntent, type IntendedCall } from './intent.ts'

/** Characters of a tool's result that an answer quotes. */
const longestQuote = 1200

/** The demo's next turn: the next call that is still without a result, else the answer. */
export function answer(conversation: Conversation): HarmonyMessage[] {
  const intent = findIntent(conversation)
  const callable = intent.filter((call) => call.offeredAs !== undefined)
  const next = callable[conversation.results.length]
  if (next?.offeredAs !== undefined) {
    return [
      { channel: 'analysis', text: `The script matched the question to ${next.tool}, so it calls that tool.` },
      { channel: 'commentary', call: next.offeredAs, arguments: next.arguments },
    ]
  }
  const say = conversation.isKorean ? korean : english
  const missing = new Set(intent.filter((call) => call.offeredAs === undefined).map((call) => call.tool))
  const paragraphs = [
    ...(conversation.hasMedia ? [say.media] : []),
    ...conversation.results.map((result, at) => tellResult(say, callable[at], result)),
    ...[...missing].map((tool) => say.notOffered(tool)),
  ]
  if (intent.length === 0 && conversation.results.length === 0) paragraphs.push(say.whoIAm)
  return [
    { channel: 'analysis', text: 'The script has no further call to make, so it answers.' },
    { channel: 'final', text: paragraphs.join('\n\n') },
  ]
}

function tellResult(say: Phrases, call: IntendedCall | undefined, result: string): string {
  const tool = call?.offeredAs ?? say.aTool
  const quoted = quote(say, result)
  return isFailure(result) ? say.failed(tool, quoted) : say.answered(tool, quoted)
}

function quote(say: Phrases, result: string): string {
  const text = result.trim()
  const shown = text.length > longestQuote ? `${cut(text)}\n${say.shortened(text.length)}` : text
  // A fence must be longer than any that it holds.
  const fence = '`'.repeat(Math.max(3, ...(shown.match(/`+/g) ?? []).map((run) => run.length + 1)))
  return `${fence}\n${shown}\n${fence}`
}

function cut(text: string): string {
  return text.slice(0, longestQuote).replace(/[\uD800-\uDBFF]$/, '')
}

/** How results that tell of a failure begin, those of a host that could not run the call among them. */
const failureWords =
  /^\W*(?:(?:tool |call )*(?:error|failed|failure|denied|timed? ?out)|there is no tool|the arguments of)\b/i

/** Only words can tell: the protocol's result message has no field for failure. */
function isFailure(result: string): boolean {
  if (failureWords.test(result)) return true
  try {
    const parsed: unknown = JSON.parse(result)
    return typeof parsed === 'object' && parsed !== null && ('error' in parsed || 'errors' in parsed)
  } catch {
    return false
  }
}

type Phrases = typeof english

const english = {
  whoIAm: [
    "I am agent-host's demo: a script, not a model. I understand two kinds of question, and answer them through real",
    'tools: the time ("What time is it in Seoul?") and a URL to fetch ("Show me https://example.com").',
    'To talk to a real model, start a model server and tell agent-host where it is, for example',
    'VLLM_BASE_URL=http://localhost:8000 (vLLM, Ollama, LM Studio, llama.cpp or any other OpenAI-compatible server).',
  ].join(' '),
  media: 'I cannot see images, sound or files: I am a scripted demo, not a model.',
  aTool: 'the tool',
  answered: (tool: string, quoted: string) => `${tool} answered:\n\n${quoted}`,
  failed: (tool: string, quoted: string) => `${tool} failed:\n\n${quoted}`,
  shortened: (length: number) => `… (shortened; ${length} characters in all)`,
  notOffered: (tool: string) => `I would call ${tool} for this, but no such tool is offered to me.`,
}

const korean: Phrases = {
  whoIAm: [
    '저는 agent-host의 데모입니다. 모델이 아니라 정해진 스크립트입니다. 두 가지 질문을 알아듣고 실제 도구로 답합니다:',
    '시간("지금 서울은 몇 시야?")과 URL 가져오기("https://example.com 보여줘").',
    '실제 모델과 대화하려면 모델 서버를 켜고 주소를 알려 주세요. 예: VLLM_BASE_URL=http://localhost:8000',
    '(vLLM, Ollama, LM Studio, llama.cpp 등 OpenAI 호환 서버).',
  ].join(' '),
  media: '저는 이미지, 소리, 파일을 볼 수 없습니다. 모델이 아니라 스크립트로 된 데모입니다.',
  aTool: '도구',
  answered: (tool, quoted) => `${tool}의 결과입니다:\n\n${quoted}`,
  failed: (tool, quoted) => `${tool} 호출이 실패했습니다:\n\n${quoted}`,
  shortened: (length) => `… (줄임; 전체 ${length}자)`,
  notOffered: (tool) => `이 질문에는 ${tool} 도구가 필요하지만, 그런 도구가 제공되지 않았습니다.`,
}
