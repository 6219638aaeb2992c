import { z } from 'zod'
import type { ModelServer } from './model-server.ts'

/** An address of its own where a server tells how long a context it gives a model now, which may be less than it could. */
export interface ContextLengthPlace {
  path: string
  read(value: unknown, model: string): number | undefined
}

const loadedModels = z.object({
  models: z.array(z.object({ name: z.string(), context_length: z.number().optional() })),
})
const llamaProps = z.object({ default_generation_settings: z.object({ n_ctx: z.number() }) })
const studioModels = z.object({
  data: z.array(z.object({ id: z.string(), loaded_context_length: z.number().optional() })),
})

/** By what servers call the owner of their models: Ollama, llama.cpp, LM Studio. vLLM and SGLang tell in the list. */
export const contextLengthPlaces: Readonly<Record<string, ContextLengthPlace>> = {
  library: {
    path: '/api/ps',
    read: (value, model) =>
      loadedModels.safeParse(value).data?.models.find(({ name }) => name === model)?.context_length,
  },
  llamacpp: {
    path: '/props',
    read: (value) => llamaProps.safeParse(value).data?.default_generation_settings.n_ctx,
  },
  organization_owner: {
    path: '/api/v0/models',
    read: (value, model) =>
      studioModels.safeParse(value).data?.data.find(({ id }) => id === model)?.loaded_context_length,
  },
}

/** Most tokens of prompt and answer together, where the server tells. @throws HostError where it does not answer */
export async function readContextLength(server: ModelServer, model: string): Promise<number | undefined> {
  const info = (await server.models()).find(({ id }) => id === model)
  const place = contextLengthPlaces[info?.ownedBy ?? '']
  if (info?.contextLength !== undefined || !place) return info?.contextLength
  return place.read(await server.look(place.path), model)
}
