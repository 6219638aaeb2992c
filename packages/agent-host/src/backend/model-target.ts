import { chooseModel } from './choose-model.ts'
import type { ModelServer } from './model-server.ts'

/** The model server and the model that runs use. */
export interface ModelTarget {
  readonly server: ModelServer
  /** Whether the server is our own scripted demo rather than a model. */
  readonly demo: boolean
  /** The model's id: the configured one, else found out at the first need. @throws HostError */
  model(signal?: AbortSignal): Promise<string>
}

export function createModelTarget(
  server: ModelServer,
  options: { model?: string | undefined; demo?: boolean },
): ModelTarget {
  let { model } = options
  return {
    server,
    demo: options.demo ?? false,
    async model(signal) {
      model ??= chooseModel(await server.models(signal), server.url)
      return model
    },
  }
}
