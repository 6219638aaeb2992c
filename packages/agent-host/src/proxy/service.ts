import type { Capabilities, CapabilityMemory } from '../backend/capabilities.ts'
import type { ModelServer } from '../backend/model-server.ts'
import type { RawRequest } from '../backend/raw-exchange.ts'
import type { Logger } from '../core/logger.ts'
import { answerChat } from './chat.ts'
import { checkProxy, type ProxyHealth } from './health.ts'
import { createModelDialects } from './model-dialects.ts'
import { answerModel, answerModels } from './models.ts'
import type { Outlet } from './outlet.ts'
import { passThrough } from './pass-through.ts'

/** A request of a client: its body as it came, and the headers that go on to the model server. */
export type ClientRequest = Pick<RawRequest, 'method' | 'path' | 'headers' | 'body'>

/** What the OpenAI-compatible routes are given. */
export interface ProxyService {
  /** Whether a client's own Authorization header goes on to the model server. */
  readonly passesAuthorization: boolean
  readonly url: string
  /** Sends a request on and its answer back, unchanged. */
  forward(request: ClientRequest, outlet: Outlet): Promise<void>
  /** A chat completion, its calls made right. */
  chat(request: ClientRequest, outlet: Outlet): Promise<void>
  models(request: ClientRequest, outlet: Outlet): Promise<void>
  model(id: string, request: ClientRequest, outlet: Outlet): Promise<void>
  health(): Promise<ProxyHealth>
  /** Ends every connection to the model server. */
  close(): Promise<void>
}

export interface ProxyParts {
  server: ModelServer
  capabilities: CapabilityMemory
  log: Logger
  /** Whether calls in text are made `tool_calls`; where not, bytes pass. */
  conversion: boolean
  passesAuthorization: boolean
  /** Whether the agent is one of the models that are listed. Default false. */
  agent?: boolean
  close: () => Promise<void>
}

export function createProxyService(parts: ProxyParts): ProxyService {
  const { server, capabilities, conversion, passesAuthorization, log, agent = false } = parts
  const capabilitiesOf = (model: string) => capabilities.of(server.url, model)
  const probed = new WeakSet<Capabilities>()
  const context = { server, capabilitiesOf, dialects: createModelDialects(), probed, log, agent }
  const forward: ProxyService['forward'] = (request, outlet) => passThrough(server, request, outlet)
  return {
    passesAuthorization,
    url: server.url,
    forward,
    chat: conversion ? (request, outlet) => answerChat(request, outlet, context) : forward,
    models: (request, outlet) => answerModels(request, outlet, context),
    model: (id, request, outlet) => answerModel(id, request, outlet, context),
    health: () => checkProxy(server),
    close: parts.close,
  }
}
