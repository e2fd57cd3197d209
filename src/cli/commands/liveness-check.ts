import type { ProcessKind } from '../../orchestrate/index.js'
import type { CommandDefinition, GlobalOptions } from '../command.js'
import { openProject, stackOptions } from '../open-project.js'

const kinds = ['server', 'engine', 'daemon', 'worker'] as const satisfies readonly ProcessKind[]

export const livenessCheck: CommandDefinition = {
  name: 'liveness-check',
  arguments: [['<kind>', 'what runs here', kinds]],
  summary: 'Whether the server, engine, daemon or worker of this host does its work',
  details:
    'For probes of containers: the process says in the store every five seconds that it is there, and this looks whether it did. A store that does not answer is not the fault of the process, and no reason to start it again.',
  examples: [['millrace liveness-check worker', 'exit code 1 when it was not heard of for fifteen seconds']],
  json: '{kind, host, status: "alive", "lost" or "unknown"}',
  async run(kind: (typeof kinds)[number], options: GlobalOptions) {
    const [{ hostLiveness }, project] = await Promise.all([import('../../platform/index.js'), openProject(options)])
    const { host, status, why } = await hostLiveness(project, kind, stackOptions())
    if (options.json) console.log(JSON.stringify({ kind, host, status }))
    else
      console.log(
        {
          alive: `The ${kind} of ${host} is there.`,
          lost: `No ${kind} of ${host} said in the last seconds that it is there.`,
          unknown: `The store does not answer, so nobody knows: ${why}`,
        }[status],
      )
    return status === 'lost' ? 1 : 0
  },
}
