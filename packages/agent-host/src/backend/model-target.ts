import { chooseModel } from './choose-model.ts'
import { readTakenMedia, type TakenMedia } from './model-media.ts'
import type { ModelServer } from './model-server.ts'

/** The model server and the model that runs use. */
export interface ModelTarget {
  readonly server: ModelServer
  /** Whether the server is our own scripted demo rather than a model. */
  readonly demo: boolean
  /** The model's id: the configured one, else found out at the first need. @throws HostError */
  model(signal?: AbortSignal): Promise<string>
  /** Most tokens of prompt and answer together: the configured number, else what the server says, asked once a model. */
  contextLength(model: string): Promise<number | undefined>
  /** What the model takes besides text, as far as the server says, asked once a model. @throws HostError */
  takenMedia(model: string): Promise<TakenMedia>
}

export function createModelTarget(
  server: ModelServer,
  options: { model?: string | undefined; demo?: boolean; contextLength?: number | undefined },
): ModelTarget {
  let { model } = options
  const lengths = new Map<string, number | undefined>()
  const takenMedia = new Map<string, TakenMedia>()
  return {
    server,
    demo: options.demo ?? false,
    async model(signal) {
      model ??= chooseModel(await server.models(signal), server.url)
      return model
    },
    async contextLength(id) {
      if (options.contextLength !== undefined) return options.contextLength
      if (lengths.has(id)) return lengths.get(id)
      // A server that fails to tell is not asked at every turn.
      lengths.set(id, undefined)
      const length = (await server.models()).find((each) => each.id === id)?.contextLength
      lengths.set(id, length)
      return length
    },
    async takenMedia(id) {
      const known = takenMedia.get(id) ?? (await readTakenMedia(server, id))
      takenMedia.set(id, known)
      return known
    },
  }
}
