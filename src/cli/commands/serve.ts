import { fileURLToPath } from 'node:url'
import type { CommandDefinition, GlobalOptions } from '../command.js'
import { endWithSupervisor } from '../end-with-supervisor.js'
import { openProject, stackOptions } from '../open-project.js'
import { addressOptions } from '../option-values.js'
import { packageVersion } from '../package-version.js'

interface ServeOptions extends GlobalOptions {
  readonly port?: number
  readonly host?: string
}

export const serve: CommandDefinition = {
  name: 'serve',
  summary: 'Start only the server: HTTP, UI, schedules and sensors',
  details: 'For operation in parts: it needs an engine beside it (`millrace engine`) to execute runs.',
  options: addressOptions,
  examples: [['millrace serve --port 8080', 'until Ctrl-C']],
  json: 'one line, {type: "ready", url}',
  async run(options: ServeOptions) {
    const [{ connectServices, readyLine }, { startServer }] = await Promise.all([
      import('../../platform/index.js'),
      import('../../server/index.js'),
    ])
    await endWithSupervisor()
    const project = await openProject(options)
    const { logger, signal, ...stack } = stackOptions(options)
    const services = await connectServices(project, { ...stack, logger, signal })
    const server = await startServer({
      project,
      store: services.store,
      engine: services.engine,
      host: options.host ?? project.server.host,
      port: options.port ?? project.server.port,
      uiDir: fileURLToPath(new URL('../../ui', import.meta.url)),
      logger,
      signal,
      version: packageVersion(),
    })
    const message = options.json ? JSON.stringify({ type: 'ready', url: server.url }) : `Serving on ${server.url}`
    console.log(process.env.MILLRACE_SUPERVISED ? readyLine(server.url) : message)
    await new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }))
    await server.close()
    await services.close()
    return 0
  },
}
