import type { ContentBlock } from '@modelcontextprotocol/server'
import type { ResponseOutput } from '../schema.ts'

/** A body as an answer shows it, before it is cut to size. */
export interface BodyContent {
  readonly kind: ResponseOutput['body_kind']
  /** What is paged through; empty where nothing is text. */
  readonly text: string
  /** The encoding it was read in. */
  readonly charset?: string
  /** Where JSON held nothing that was selected: what it does hold. */
  readonly keys?: readonly string[]
  /** Of a page. */
  readonly title?: string
  readonly lang?: string
  /** What it really is, where that is not what the server says. */
  readonly type?: string
  /** The body as MCP content. */
  readonly block?: ContentBlock
  /** The file it was saved as. */
  readonly savedAs?: string
  /** What to know or do next, in sentences that hold nothing the server said. */
  readonly hints: readonly string[]
}
