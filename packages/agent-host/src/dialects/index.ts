/** The public entry `agent-host/dialects`: open models' text and tool calls, both ways. Runs in a browser too. */
export type { Dialect, DialectParser, ParserOptions } from './dialect.ts'
export type { FinishReason, OpenAITool } from './openai-shapes.ts'
export { createParser, parseText } from './parse-text.ts'
export type { ParsedText, ReadOptions, StreamParser } from './parse-text.ts'
export { recoverToolCalls } from './recover-tool-calls.ts'
export type { ChatCompletionLike } from './recover-tool-calls.ts'
export { detectDialect, dialects, findDialect, registerDialect } from './registry.ts'
