const agent = 'agent'
const prefix = `${agent}/`

/**
 * The model that the agent is asked to run with: `agent` leaves it to the service, `agent/<model>` names it. `undefined`
 * where the name means a model and not the agent.
 */
export function agentModelOf(name: unknown): { model: string | undefined } | undefined {
  if (name === agent) return { model: undefined }
  if (typeof name !== 'string' || !name.startsWith(prefix) || name === prefix) return undefined
  return { model: name.slice(prefix.length) }
}

/** The name under which the agent runs with this model. */
export function toAgentModel(model: string): string {
  return prefix + model
}

/** What the list of models says of the agent with this model, or with the service's. */
export function describeAgent(model?: Record<string, unknown>): Record<string, unknown> {
  const id = model ? toAgentModel(String(model.id)) : agent
  return { id, object: 'model', created: model?.created ?? 0, owned_by: 'agent-host' }
}
