import { chooseModel } from './choose-model.ts'
import { readContextLength } from './context-length.ts'
import { readTakenMedia, type TakenMedia } from './model-media.ts'
import type { ModelServer } from './model-server.ts'

/** The model server and the model that runs use. */
export interface ModelTarget {
  readonly server: ModelServer
  /** Whether the server is our own scripted demo rather than a model. */
  readonly demo: boolean
  /** The model's id: the configured one, else found out at the first need. @throws HostError */
  model(signal?: AbortSignal): Promise<string>
  /** Most tokens of prompt and answer together: the configured number, else what the server says, kept once it is known. */
  contextLength(model: string): Promise<number | undefined>
  /** What the model takes besides text, as far as the server says now. @throws HostError */
  takenMedia(model: string): Promise<TakenMedia>
}

/** Some servers tell of a model only once it is loaded, so that they are asked again after this long. */
const againMs = 60_000

export function createModelTarget(
  server: ModelServer,
  options: { model?: string | undefined; demo?: boolean; contextLength?: number | undefined },
): ModelTarget {
  let { model } = options
  const lengths = new Map<string, number>()
  const askedAgainAt = new Map<string, number>()
  return {
    server,
    demo: options.demo ?? false,
    async model(signal) {
      model ??= chooseModel(await server.models(signal), server.url)
      return model
    },
    async contextLength(id) {
      if (options.contextLength !== undefined) return options.contextLength
      const known = lengths.get(id)
      if (known !== undefined) return known
      // A server that fails to tell is not asked at every turn.
      if (Date.now() < (askedAgainAt.get(id) ?? 0)) return undefined
      askedAgainAt.set(id, Date.now() + againMs)
      const length = await readContextLength(server, id)
      if (length !== undefined) lengths.set(id, length)
      return length
    },
    takenMedia: (id) => readTakenMedia(server, id),
  }
}
