import { z } from 'zod'
import { apiBase, errorSchema, type Operation, operations } from './contract/index.js'

type Json = Record<string, unknown>

const errorBody = z.object({ error: errorSchema })
const pathParameters = (path: string) => [...path.matchAll(/\{(\w+)\}/g)].map((match) => match[1] as string)
const schemaOf = (schema: z.ZodType, io: 'input' | 'output' = 'output') => {
  const { $schema: _, ...json } = z.toJSONSchema(schema, { io, unrepresentable: 'any' }) as Json
  return json
}

/** The contract as an OpenAPI 3.1 document. */
export function openApiDocument(version: string): Json {
  const paths: Record<string, Json> = {}
  for (const operation of operations) {
    const path = `${apiBase}${operation.path}`
    paths[path] = { ...paths[path], [operation.method]: describe(operation) }
  }
  return {
    openapi: '3.1.0',
    info: {
      title: 'Millrace',
      version,
      description:
        'Everything the web UI does. Errors have the body {"error": …} with a code, what happened, where, and what to do.',
    },
    paths,
    components: {
      securitySchemes: {
        token: { type: 'http', scheme: 'bearer', description: 'Begins with mr_' },
        session: { type: 'apiKey', in: 'cookie', name: 'millrace_session_<project>' },
      },
    },
  }
}

function describe({ group, role, summary, path, query = {}, request, response, isStream }: Operation): Json {
  const type = isStream ? 'text/event-stream' : 'application/json'
  return {
    tags: [group],
    summary,
    'x-role': role,
    security: role === 'public' || role === 'signature' ? [] : [{ token: [] }, { session: [] }],
    parameters: [
      ...pathParameters(path).map((name) => ({ name, in: 'path', required: true, schema: { type: 'string' } })),
      ...Object.entries(query).map(([name, description]) => ({
        name,
        in: 'query',
        description,
        schema: { type: 'string' },
      })),
    ],
    ...(request
      ? { requestBody: { required: true, content: { 'application/json': { schema: schemaOf(request, 'input') } } } }
      : {}),
    responses: {
      200: { description: summary, content: { [type]: { schema: schemaOf(response) } } },
      default: { description: 'What went wrong', content: { 'application/json': { schema: schemaOf(errorBody) } } },
    },
  }
}

/** A page that shows the contract, without scripts or anything from elsewhere. */
export function apiDocsPage(version: string): string {
  const groups = [...new Set(operations.map((operation) => operation.group))]
  const sections = groups.map(
    (group) =>
      `<h2>${group}</h2>${operations
        .filter((operation) => operation.group === group)
        .map(entry)
        .join('')}`,
  )
  return `<!doctype html><html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>Millrace API</title><style>
:root{color-scheme:light dark}body{font:14px/1.5 system-ui,sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem}
code,pre{font-family:ui-monospace,monospace;font-size:13px}pre{overflow:auto;padding:8px;border:1px solid #8884;border-radius:4px}
details{border:1px solid #8884;border-radius:4px;margin:6px 0;padding:6px 10px}summary{cursor:pointer}b{display:inline-block;width:3.2rem}
</style><h1>Millrace API ${version}</h1>
<p>Everything the pages do. For programs: <a href="openapi.json">openapi.json</a>. An error answers
<code>{"error": {code, message, hint, at, …}}</code> with 401, 403, 404, 405, 409, 413, 422, 429, 500 or 503. The small word behind each call is the role that it needs; a signature proves a webhook instead.</p>${sections.join('')}</html>`
}

function entry({ method, path, role, summary, query = {}, request, response, isStream }: Operation): string {
  const shown = (title: string, schema: Json) =>
    `<p>${title}</p><pre>${escapeHtml(JSON.stringify(schema, null, 2))}</pre>`
  const parameters = Object.entries(query).map(([name, what]) => `<li><code>${name}</code> ${escapeHtml(what)}</li>`)
  return `<details><summary><b>${method.toUpperCase()}</b> <code>${apiBase}${path}</code> ${escapeHtml(summary)} <small>${role}</small></summary>
${parameters.length > 0 ? `<ul>${parameters.join('')}</ul>` : ''}${request ? shown('Request', schemaOf(request, 'input')) : ''}${shown(
  isStream ? 'Each event' : 'Answer',
  schemaOf(response),
)}</details>`
}

const escapeHtml = (text: string) => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')
