/** Whatever asks for runs, by the name that its prompt files have, and whether it takes the instructions of all. */
export const promptEndpoints = {
  /** `POST /api/chat` */
  chat: true,
  /** `POST /api/agent_chat` */
  agent_chat: true,
  /** `POST /api/v1/chat` and its stream */
  v1_chat: true,
  /** `POST /chat` */
  simple_chat: true,
  /** `POST /api/v1/runs` */
  runs: true,
  /** `agent-host ask` */
  ask: true,
  /** `POST /v1/responses`, whose clients expect a model that nobody has instructed but they. */
  responses: false,
} as const satisfies Record<string, boolean>

export type PromptEndpoint = keyof typeof promptEndpoints

export const endpointNames = Object.keys(promptEndpoints) as PromptEndpoint[]
