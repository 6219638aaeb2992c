import type { JsonObject } from './schemas.ts'

/** An OpenAPI 3.1 document, as far as we write one. */
export interface OpenAPIDocument {
  openapi: '3.1.0'
  info: { title: string; version: string; description: string }
  tags: { name: string; description: string }[]
  paths: Record<string, Record<string, DocumentedOperation>>
  components: { schemas: Record<string, JsonObject>; securitySchemes: Record<string, JsonObject> }
  [more: string]: unknown
}

export interface DocumentedOperation {
  operationId: string
  tags: string[]
  summary: string
  description?: string
  parameters: { name: string; in: string; required: boolean; description?: string; schema: JsonObject }[]
  requestBody?: { required: boolean; content: Record<string, Content> }
  responses: Record<string, DocumentedAnswer>
  [more: string]: unknown
}

export interface DocumentedAnswer {
  description: string
  headers?: Record<string, unknown>
  content?: Record<string, Content>
}

export interface Content {
  schema: JsonObject
  example?: unknown
}
