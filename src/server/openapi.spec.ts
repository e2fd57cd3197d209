import { describe, expect, it } from 'vitest'
import { createApi } from './app.js'
import { apiBase, operations } from './contract/index.js'
import { apiDocsPage, openApiDocument } from './openapi.js'

describe('the API’s documentation', () => {
  it('names every route there is, and no other', () => {
    const routes = createApi({} as never, {} as never, {} as never)
      .routes.filter((route) => route.method !== 'ALL' && !/openapi\.json|docs/.test(route.path))
      .map((route) => `${route.method.toLowerCase()} ${route.path.replace(/:(\w+)/g, '{$1}')}`)
    expect([...new Set(routes)].sort()).toEqual(operations.map(({ method, path }) => `${method} ${path}`).sort())
  })
  it('says of every route who may call it', () => {
    const roles = Object.fromEntries(operations.map(({ method, path, role }) => [`${method} ${path}`, role]))
    expect(
      Object.keys(roles)
        .filter((name) => roles[name] === 'public')
        .sort(),
    ).toEqual(['get /health', 'post /login'])
    // What changes something needs more than a viewer, but for one's own session.
    const writes = operations.filter(({ method }) => method !== 'get').filter(({ role }) => role === 'viewer')
    expect(writes.map(({ path }) => path).sort()).toEqual(['/logout', '/session/password'])
  })
  it('is an OpenAPI document with a schema for every answer', () => {
    const { openapi, paths } = openApiDocument('1.2.3') as {
      openapi: string
      paths: Record<string, Record<string, { responses: { 200: { content: Record<string, { schema: object }> } } }>>
    }
    expect(openapi).toBe('3.1.0')
    const run = paths[`${apiBase}/runs/{id}`]?.get
    expect(run?.responses[200].content['application/json']?.schema).toMatchObject({
      type: 'object',
      properties: { steps: { type: 'array' } },
    })
  })
  it('has a page without scripts', () => {
    const page = apiDocsPage('1.2.3')
    expect(page).toContain('/api/assets/{key}/sample')
    expect(page).not.toContain('<script')
  })
})
