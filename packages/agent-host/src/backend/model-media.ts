import { z } from 'zod'
import type { ModelServer } from './model-server.ts'

/** What a conversation may hold besides text. */
export const media = ['image', 'audio', 'file'] as const
export type Medium = (typeof media)[number]

/** Whether a model takes each; what is absent is not known. */
export type TakenMedia = Partial<Record<Medium, boolean>>

const words = z.array(z.string())

/** OpenRouter and llama.cpp's router list what goes in; Mistral and LM Studio have a switch; Ollama a list of skills. */
const listed = z.object({
  architecture: z.object({ input_modalities: words }).nullish().catch(undefined),
  input_modalities: words.nullish().catch(undefined),
  capabilities: z
    .union([words, z.object({ vision: z.boolean() })])
    .nullish()
    .catch(undefined),
})

/** What an entry of a list of models tells. */
export function toTakenMedia(entry: unknown): TakenMedia {
  const parsed = listed.safeParse(entry)
  if (!parsed.success) return {}
  const { architecture, input_modalities, capabilities } = parsed.data
  const inputs = input_modalities ?? architecture?.input_modalities
  if (inputs) return Object.fromEntries(media.map((medium) => [medium, inputs.includes(medium)]))
  if (!capabilities) return {}
  if (!Array.isArray(capabilities)) return { image: capabilities.vision }
  // Other lists may leave out what they take for granted.
  return capabilities.includes('completion') ? { image: capabilities.includes('vision') } : {}
}

const llamaProps = z.object({ modalities: z.object({ vision: z.boolean(), audio: z.boolean().optional() }) })
const studioModels = z.object({ data: z.array(z.looseObject({ id: z.string(), type: z.string().optional() })) })

/** Where servers tell of a model at an address of their own, by what they call the owner of their models. */
const elsewhere: Readonly<Record<string, (server: ModelServer, model: string) => Promise<TakenMedia>>> = {
  async llamacpp(server) {
    const { modalities } = llamaProps.safeParse(await server.look('/props')).data ?? {}
    if (!modalities) return {}
    return { image: modalities.vision, ...(modalities.audio !== undefined && { audio: modalities.audio }) }
  },
  async library(server, model) {
    return toTakenMedia(await server.look('/api/show', { body: { model } }))
  },
  async organization_owner(server, model) {
    const found = studioModels.safeParse(await server.look('/api/v0/models')).data?.data.find(({ id }) => id === model)
    return found?.type === undefined ? {} : { image: found.type === 'vlm' }
  },
}

/** What the model takes, as far as its server tells. @throws HostError where the server does not answer */
export async function readTakenMedia(server: ModelServer, model: string): Promise<TakenMedia> {
  const info = (await server.models()).find(({ id }) => id === model)
  if (!info) return {}
  if (info.media) return info.media
  return (await elsewhere[info.ownedBy ?? '']?.(server, model)) ?? {}
}
