import { version } from '../../../version.ts'
import type { RouteOperation } from './collect-operations.ts'
import { toErrorAnswers } from './error-answers.ts'
import { type Answer, type Operation, tags } from './operation.ts'
import type { Content, DocumentedAnswer, DocumentedOperation, OpenAPIDocument } from './document-types.ts'
import { createSchemas, type JsonObject, type Schemas } from './schemas.ts'

/** Made from the schemas that the routes themselves read and write with, so that the two cannot differ. */
export function toDocument(routes: readonly RouteOperation[]): OpenAPIDocument {
  const schemas = createSchemas()
  const paths: OpenAPIDocument['paths'] = {}
  for (const route of routes) {
    const path = route.url.replaceAll(/:(\w+)/g, '{$1}').replace('*', '{model}')
    paths[path] = { ...paths[path], [route.method]: toOperation(route, path, schemas) }
  }
  return {
    openapi: '3.1.0',
    info: {
      title: 'agent-host',
      version,
      description: 'Any open model, any MCP tool: chats, runs, sessions and the OpenAI API over one agent.',
      license: { name: 'MIT', identifier: 'MIT' },
    } as OpenAPIDocument['info'],
    servers: [{ url: '/' }],
    tags: Object.entries(tags).map(([name, description]) => ({ name, description })),
    // One of the two where the operator has set keys, nothing where none are set.
    security: [{ bearer: [] }, { apiKey: [] }, {}],
    paths,
    components: {
      schemas: schemas.named,
      securitySchemes: {
        bearer: { type: 'http', scheme: 'bearer' },
        apiKey: { type: 'apiKey', in: 'header', name: 'x-api-key' },
      },
    },
  }
}

function toOperation({ method, url, operation }: RouteOperation, path: string, schemas: Schemas): DocumentedOperation {
  const { tag, summary, description, body, answers, open } = operation
  return {
    operationId: toId(method, url),
    tags: [tag],
    summary,
    ...(description !== undefined && { description }),
    ...(open && { security: [{}] }),
    parameters: toParameters(operation, path, schemas),
    ...(body && {
      requestBody: {
        required: body.optional !== true,
        content: { 'application/json': toContent(schemas.add(body.schema, 'input'), body.example) },
      },
    }),
    responses: {
      ...Object.fromEntries(Object.entries(answers).map(([status, answer]) => [status, toAnswer(answer, schemas)])),
      ...toErrorAnswers(operation, schemas),
    },
  }
}

function toParameters({ query, path: words = {}, headers = {} }: Operation, path: string, schemas: Schemas) {
  const text = { type: 'string' }
  const inPath = [...path.matchAll(/\{(\w+)\}/g)].map(([, name = '']) => ({
    name,
    in: 'path',
    required: true,
    ...(words[name] !== undefined && { description: words[name] }),
    schema: text,
  }))
  const { properties = {} } = query ? schemas.add(query, 'input') : {}
  const inQuery = Object.entries(properties).map(([name, schema]) => ({ name, in: 'query', required: false, schema }))
  const inHeader = Object.entries(headers).map(([name, description]) => ({
    name,
    in: 'header',
    required: false,
    description,
    schema: text,
  }))
  return [...inPath, ...inQuery, ...inHeader]
}

function toAnswer(
  { description, schema, example, type = 'application/json' }: Answer,
  schemas: Schemas,
): DocumentedAnswer {
  if (!schema) return { description }
  return { description, content: { [type]: toContent(schemas.add(schema, 'output'), example) } }
}

function toContent(schema: JsonObject, example: unknown): Content {
  return { schema, ...(example !== undefined && { example }) }
}

/** `post` and `/api/v1/runs/:id/cancel` make `post_api_v1_runs_id_cancel`. */
function toId(method: string, url: string): string {
  return `${method}${url.replaceAll(/[^A-Za-z0-9]+/g, '_')}`.replace(/_$/, '')
}
