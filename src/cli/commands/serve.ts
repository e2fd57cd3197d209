import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { connectServices, readyLine, runEngineProcess, whenParentIsGone } from '../../platform/index.js'
import { startServer } from '../../server/index.js'
import { type GlobalOptions, interruptSignal, project, stderrLogger } from '../globals.js'

/** A child of `millrace up` ends with its supervisor, however that one ended. */
function endWithParent(): void {
  if (process.env.MILLRACE_SUPERVISED) whenParentIsGone(() => process.kill(process.pid, 'SIGTERM'))
}

export async function serve(options: GlobalOptions & { port?: number; host?: string }): Promise<number> {
  endWithParent()
  const found = await project(options)
  const signal = interruptSignal()
  const logger = stderrLogger(options)
  const services = await connectServices(found, { env: process.env, logger, signal })
  const { version } = JSON.parse(readFileSync(new URL('../../../package.json', import.meta.url), 'utf8')) as {
    version: string
  }
  const server = await startServer({
    project: found,
    store: services.store,
    engine: services.engine,
    host: options.host ?? found.server.host,
    port: options.port ?? found.server.port,
    uiDir: fileURLToPath(new URL('../../ui', import.meta.url)),
    logger,
    signal,
    version,
  })
  const message = options.json ? JSON.stringify({ type: 'ready', url: server.url }) : `Serving on ${server.url}`
  console.log(process.env.MILLRACE_SUPERVISED ? readyLine(server.url) : message)
  await new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }))
  await server.close()
  await services.close()
  return 0
}

export async function engine(options: GlobalOptions): Promise<number> {
  endWithParent()
  await runEngineProcess(await project(options), {
    env: process.env,
    logger: stderrLogger(options),
    signal: interruptSignal(),
    command: 'up',
    onWait: ({ pid, command }) => console.error(`Waiting for \`millrace ${command}\` (process ${pid}) to end …`),
  })
  return 0
}
