import type { Content, DocumentedAnswer, DocumentedOperation, OpenAPIDocument } from './document-types.ts'
import { pageStyle } from './page-style.ts'
import type { JsonObject } from './schemas.ts'

/** The document as one page to read, which needs neither a script nor the network. */
export function toPage(document: OpenAPIDocument): string {
  const { info, tags, paths, components } = document
  const operations = Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({ path, method, operation })),
  )
  const sections = tags.map(({ name, description }) => {
    const own = operations.filter(({ operation }) => operation.tags.includes(name))
    return `<section id="${escape(name)}"><h2>${escape(name)}</h2><p>${toProse(description)}</p>${own.map(toArticle).join('')}</section>`
  })
  const schemas = Object.entries(components.schemas).map(
    ([name, schema]) =>
      `<details id="schema-${escape(name)}"><summary><code>${escape(name)}</code></summary>${toJson(schema)}</details>`,
  )
  const links = [...tags.map(({ name }) => name), 'schemas'].map((name) => `<a href="#${name}">${name}</a>`)
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escape(info.title)} ${escape(info.version)}: HTTP API</title><style>${pageStyle}</style></head>
<body><header><h1>${escape(info.title)} <small>${escape(info.version)}</small></h1><p>${toProse(info.description)}</p>
<nav>${links.join(' ')} <a href="/openapi.json">openapi.json</a></nav></header>
<main>${sections.join('')}<section id="schemas"><h2>schemas</h2>${schemas.join('')}</section></main></body></html>
`
}

interface Place {
  path: string
  method: string
  operation: DocumentedOperation
}

function toArticle({ path, method, operation }: Place): string {
  const { operationId, summary, description, parameters, requestBody, responses } = operation
  const parts = [
    description === undefined ? '' : `<p>${toProse(description)}</p>`,
    parameters.length === 0 ? '' : `<h4>Parameters</h4><dl>${parameters.map(toParameter).join('')}</dl>`,
    requestBody ? `<h4>Body</h4>${Object.entries(requestBody.content).map(toContent).join('')}` : '',
    `<h4>Answers</h4>${Object.entries(responses).map(toAnswer).join('')}`,
  ]
  const head = `<b class="${escape(method)}">${escape(method)}</b> <code>${escape(path)}</code> <span>${toProse(summary)}</span>`
  return `<details id="${escape(operationId)}"><summary>${head}</summary>${parts.join('')}</details>`
}

function toParameter({ name, in: place, description = '', schema }: DocumentedOperation['parameters'][number]): string {
  const facts = [place, schema.type ?? '', toLimits(schema)].filter((fact) => fact !== '')
  return `<dt><code>${escape(name)}</code> <small>${escape(facts.join(', '))}</small></dt><dd>${toProse(description)}</dd>`
}

function toLimits(schema: JsonObject): string {
  const limits = ['enum', 'minimum', 'maximum', 'default'].filter((name) => schema[name] !== undefined)
  return limits.map((name) => `${name} ${JSON.stringify(schema[name])}`).join(', ')
}

function toAnswer([status, { description, content = {} }]: [string, DocumentedAnswer]): string {
  const body = Object.entries(content).map(toContent).join('')
  return `<div class="answer"><b>${escape(status)}</b> ${toProse(description)} ${body}</div>`
}

function toContent([type, { schema, example }]: [string, Content]): string {
  const reference = /[^/]+$/.exec(schema.$ref ?? '')?.[0]
  const shown =
    reference === undefined ? toJson(schema) : `<a href="#schema-${escape(reference)}">${escape(reference)}</a>`
  const sample = example === undefined ? '' : `<div>for example</div>${toJson(example)}`
  return `<div><small>${escape(type)}</small> ${shown}</div>${sample}`
}

function toJson(value: unknown): string {
  const text = escape(JSON.stringify(value, null, 2))
  return `<pre>${text.replaceAll(/&quot;#\/components\/schemas\/(\w+)&quot;/g, '<a href="#schema-$1">&quot;$1&quot;</a>')}</pre>`
}

/** Plain text with `code` and addresses in it. */
function toProse(text: string): string {
  return escape(text)
    .replaceAll(/`([^`]+)`/g, '<code>$1</code>')
    .replaceAll(/https:\/\/[\w./-]*\w/g, '<a href="$&">$&</a>')
}

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
}

function escape(text: string): string {
  return text.replaceAll(/[&<>"']/g, (character) => entities[character] ?? character)
}
