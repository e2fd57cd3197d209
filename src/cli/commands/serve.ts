import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { Option } from 'commander'
import type { Project } from '../../platform/index.js'
import type { CommandDefinition, GlobalOptions } from '../command.js'
import { openProject, stackOptions } from '../open-project.js'
import { addressOptions } from '../option-values.js'
import { packageVersion } from '../package-version.js'
import { isSupervised } from '../supervised.js'
import { underSupervisor } from '../supervisor.js'

interface ServeOptions extends GlobalOptions {
  readonly port?: number
  readonly airbytePort?: number | 'any'
  readonly host?: string
  readonly daemon?: boolean
}

export const serve: CommandDefinition = {
  name: 'serve',
  process: 'server',
  summary: 'Start only the server: HTTP, UI, schedules and sensors',
  details:
    'For operation in parts: it needs an engine beside it (`millrace engine`) for what it shows of the warehouse and the project.',
  options: [...addressOptions, new Option('--no-daemon', 'leave schedules and sensors to `millrace daemon`')],
  examples: [
    ['millrace serve --port 8080', 'until Ctrl-C'],
    ['millrace serve --no-daemon', 'only HTTP and UI'],
  ],
  json: 'one line, {type: "ready", url, airbyteUrl}; without `airbyteUrl` where that API is not offered',
  async run(options: ServeOptions) {
    const project = await openProject(options)
    return underSupervisor(project, () => serveProject(project, options))
  },
}

async function serveProject(project: Project, options: ServeOptions): Promise<void> {
  const [{ makeFirstAdmin }, { connectServices, readyLine }, { startServer }] = await Promise.all([
    import('../../access/index.js'),
    import('../../platform/index.js'),
    import('../../server/index.js'),
  ])
  const stack = stackOptions()
  const { logger, signal } = stack
  const services = await connectServices(project, stack)
  try {
    if (await makeFirstAdmin(services.access, process.env))
      logger.info('Made the user `admin` with the password of MILLRACE_ADMIN_PASSWORD.')
    const server = await startServer({
      project,
      store: services.store,
      access: services.access,
      engine: services.engine,
      host: options.host ?? project.server.host,
      port: options.port ?? project.server.port,
      airbytePort: options.airbytePort,
      uiDir: fileURLToPath(new URL('../../ui', import.meta.url)),
      logger,
      signal,
      version: packageVersion(),
      hasDaemon: options.daemon !== false,
    })
    const { url, airbyteUrl } = server
    const message = options.json
      ? JSON.stringify({ type: 'ready', url, airbyteUrl })
      : `Serving on ${url}${airbyteUrl === undefined ? '' : `, Airbyte's API on ${airbyteUrl}`}`
    console.log(isSupervised ? readyLine(server) : message)
    if (!signal.aborted) await once(signal, 'abort')
    await server.close()
  } finally {
    await services.close()
  }
}
