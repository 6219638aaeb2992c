import type { ContentBlock, ToolAnnotations } from '@modelcontextprotocol/server'
import type * as z from 'zod/v4'
import { parseArguments } from './arguments.ts'

/** What a person is asked before something is done that only they may allow. */
export interface Confirmation {
  /** What is about to happen, whole: they decide by this alone. */
  readonly message: string
  /** What their answer holds for, and for nothing else; a digest where it is long or secret. */
  readonly subject: string
}

/** `dismissed` is a question closed without an answer, `unavailable` a client that cannot put one. */
export type ConfirmationAnswer = 'accepted' | 'declined' | 'dismissed' | 'unavailable'

/** What a running call may use besides its input. */
export interface ToolCall {
  /** Aborts when the client cancels, disconnects or the server stops. */
  readonly signal: AbortSignal
  /**
   * Asks the person at the client; absent where none can be asked. Ask before anything is done: where the protocol
   * wants the answer in a new call, this throws to end the present one, and what is thrown has to be let pass.
   */
  readonly confirm?: (question: Confirmation) => Promise<ConfirmationAnswer>
  /** Tells the client how many bytes have come, of how many where that is known; absent where it does not listen. */
  readonly progress?: (done: number, total: number | undefined) => void
}

/** What a successful call gives back: the same answer twice, for programs and for models. */
export interface ToolAnswer<Output> {
  /** Fits the tool's output schema. */
  readonly structured: Output
  /** What a model reads. */
  readonly content: ContentBlock[]
}

/** What makes a tool. Input is parsed before `handler` sees it; failures are thrown as `ToolError`. */
export interface ToolDefinition<Input extends z.ZodObject, Output extends z.ZodObject> {
  readonly name: string
  /** Shown to people. */
  readonly title: string
  /** Read by models: what it does, when to use it. */
  readonly description: string
  readonly input: Input
  readonly output: Output
  readonly annotations: ToolAnnotations
  /** Import heavy modules inside, at first use, so that listing tools stays fast. */
  handler(input: z.output<Input>, call: ToolCall): Promise<ToolAnswer<z.input<Output>>>
  /** Ends what is kept from one call to the next. */
  readonly close?: () => Promise<void>
}

/** A tool whose input and output types are known only to itself. */
export interface Tool {
  readonly name: string
  readonly title: string
  readonly description: string
  readonly input: z.ZodObject
  readonly output: z.ZodObject
  readonly annotations: ToolAnnotations
  /** Parses `args` against the input schema and runs. Throws `ToolError`, `invalid_arguments` for a bad field. */
  run(args: unknown, call: ToolCall): Promise<ToolAnswer<Record<string, unknown>>>
  /** Ends what is kept from one call to the next; absent where nothing is. */
  readonly close?: () => Promise<void>
}

/** Makes a {@link Tool} out of its parts. */
export function defineTool<Input extends z.ZodObject, Output extends z.ZodObject>(
  definition: ToolDefinition<Input, Output>,
): Tool {
  const { handler, ...described } = definition
  return {
    ...described,
    async run(args, call) {
      const answer = await handler(parseArguments(definition.input, args), call)
      // Its own fault, so the caller learns no more than that.
      definition.output.parse(answer.structured)
      return answer
    },
  }
}
