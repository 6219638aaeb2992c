import type { CapabilityMemory } from '../backend/capabilities.ts'
import { media, type Medium, type TakenMedia } from '../backend/model-media.ts'
import type { ModelTarget } from '../backend/model-target.ts'
import type { Logger } from '../core/logger.ts'
import type { Message } from '../core/message.ts'
import type { ToolSpec } from '../core/tool.ts'
import { contextBytes } from './context-size.ts'

/** What is known of a model before it is asked, so that what must fail is not sent. */
export interface KnownLimits {
  /** Tokens that the conversation has at least, and the most that the model takes, where the first are more. */
  excess(model: string, messages: readonly Message[], tools: readonly ToolSpec[]): Promise<Excess | undefined>
  /** The kinds of content that the model does not take. */
  lacks(model: string): Promise<ReadonlySet<Medium>>
}

export interface Excess {
  atLeast: number
  most: number
}

interface LimitParts {
  target: ModelTarget
  capabilities: CapabilityMemory
  log: Logger
}

/** No text has more bytes in a token on average, so that what is refused by it would have been refused anyway. */
const mostBytesPerToken = 8

/** Shorter conversations fit any model, so that its server need not be asked, in tokens. */
const fitsAny = 500

/** Where a server does not tell, nothing is known, and it judges by itself. */
export function createKnownLimits({ target, capabilities, log }: LimitParts): KnownLimits {
  async function ask<Answer>(question: Promise<Answer>): Promise<Answer | undefined> {
    try {
      return await question
    } catch (error) {
      log.warn({ err: error }, 'the model server does not tell what its model takes')
      return undefined
    }
  }

  return {
    async excess(model, messages, tools) {
      // An image may be a few dozen tokens only.
      const atLeast = Math.ceil(contextBytes(messages, tools, 0) / mostBytesPerToken)
      if (atLeast <= fitsAny) return undefined
      const most = await ask(target.contextLength(model))
      return most !== undefined && atLeast > most ? { atLeast, most } : undefined
    },
    async lacks(model) {
      const taken: TakenMedia = (await ask(target.takenMedia(model))) ?? {}
      const { refuses } = capabilities.of(target.server.url, model)
      return new Set(media.filter((medium) => taken[medium] === false || refuses(medium)))
    },
  }
}
