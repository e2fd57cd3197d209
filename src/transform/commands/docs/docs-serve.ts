import { readFile, stat, writeFile } from 'node:fs/promises'
import { createServer, type Server } from 'node:http'
import { extname, join, normalize } from 'node:path'
import { isWithin } from '../../../base/index.js'
import { docsPage } from '../../docs/page.js'
import { transformErrors } from '../../errors.js'
import { readDbtProject } from '../../project/dbt-project.js'
import type { DbtCommand } from '../invocation/invocation.js'

const types: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.json': 'application/json',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.jpg': 'image/jpeg',
  '.gif': 'image/gif',
}

/** Serves the target folder until it is stopped: the page, or the one that somebody put there in its place. */
export const docsServe: DbtCommand = async (invocation) => {
  const { flags, io } = invocation
  const root = readDbtProject(invocation.projectDir, { env: io.env, ignoresDbtVersion: true })
  const folder = invocation.targetDir({ root })
  if (!(await exists(join(folder, 'manifest.json'))))
    throw transformErrors.create('TRANSFORM_COMMAND', {
      message: `There is no manifest.json in ${folder}, so there is nothing to show.`,
      hint: 'Run `dbt docs generate` first.',
    })
  if (!(await exists(join(folder, 'index.html')))) await writeFile(join(folder, 'index.html'), docsPage())
  const server = createServer((request, response) => {
    answer(folder, request.url ?? '/').then(
      ({ status, type, body }) => response.writeHead(status, { 'content-type': type }).end(body),
      (error: Error) => response.writeHead(500).end(error.message),
    )
  })
  const address = await listen(server, flags.host ?? '127.0.0.1', flags.port ?? 8080)
  io.stdout(`Serving docs at ${address}`)
  io.stdout('Press Ctrl+C to exit.')
  await stopped(io.signal)
  server.closeAllConnections()
  await new Promise((done) => server.close(done))
  return 0
}

const exists = (path: string) =>
  stat(path).then(
    () => true,
    () => false,
  )

/** Only what lies in the folder. */
async function answer(folder: string, url: string) {
  const path = decodeURIComponent(new URL(url, 'http://localhost').pathname)
  const file = normalize(join(folder, path.endsWith('/') ? `${path}index.html` : path))
  const missing = { status: 404, type: 'text/plain', body: 'Not found' } as const
  if (!isWithin(folder, file)) return missing
  const body = await readFile(file).catch(() => undefined)
  return body ? { status: 200, type: types[extname(file)] ?? 'application/octet-stream', body } : missing
}

function listen(server: Server, host: string, port: number): Promise<string> {
  return new Promise((done, fail) => {
    server.once('error', (cause: NodeJS.ErrnoException) =>
      fail(
        transformErrors.create('TRANSFORM_COMMAND', {
          message: `The port ${port} of ${host} cannot be used: ${cause.code === 'EADDRINUSE' ? 'something else listens there' : cause.message}.`,
          hint: 'Name another one with --port; 0 takes a free one.',
          cause,
        }),
      ),
    )
    server.listen(port, host, () => {
      const address = server.address()
      done(`http://${host}:${typeof address === 'object' && address ? address.port : port}`)
    })
  })
}

const stopped = (signal: AbortSignal | undefined) =>
  new Promise<void>((done) => {
    if (signal?.aborted) done()
    signal?.addEventListener('abort', () => done(), { once: true })
  })
