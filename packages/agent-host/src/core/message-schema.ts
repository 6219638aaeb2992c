import { z } from 'zod'
import type { Message, Part } from './message.ts'

const source = z.discriminatedUnion('type', [
  z.object({ type: z.literal('url'), url: z.string(), mediaType: z.string().exactOptional() }),
  z.object({
    type: z.literal('base64'),
    data: z.string(),
    mediaType: z.string(),
    filename: z.string().exactOptional(),
  }),
])

/** A call as it was stored or sent; its arguments are any text. */
export const toolCallSchema = z.object({ id: z.string(), name: z.string(), arguments: z.string() })

const text = z.string().exactOptional()
const annotations = z.array(z.looseObject({ type: z.string() })).exactOptional()

/** A {@link Part} read from outside the process. */
export const partSchema: z.ZodType<Part> = z
  .discriminatedUnion('type', [
    z.object({ type: z.literal('text'), text: z.string(), annotations }),
    z.object({ type: z.literal('refusal'), text: z.string() }),
    z.object({ type: z.literal('reasoning'), text, summary: text, signature: text, encrypted: text }),
    z.object({ type: z.enum(['image', 'audio', 'file']), source }),
    z.object({ type: z.literal('tool-call'), call: toolCallSchema }),
    z.object({
      type: z.literal('tool-result'),
      callId: z.string(),
      get parts() {
        return z.array(partSchema)
      },
      isError: z.boolean(),
    }),
  ])
  .meta({ id: 'Part' })

/** A {@link Message} read from outside the process: a file, a database, a client. */
export const messageSchema: z.ZodType<Message> = z
  .object({
    id: z.string(),
    role: z.enum(['system', 'developer', 'user', 'assistant', 'tool']),
    parts: z.array(partSchema),
    extra: z.record(z.string(), z.unknown()).exactOptional(),
  })
  .meta({ id: 'Message' })
