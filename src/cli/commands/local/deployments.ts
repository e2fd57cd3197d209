import { Option } from 'commander'
import type { CommandDefinition, GlobalOptions } from '../../command.js'
import { localOptions } from '../../local-options.js'
import { megabytes } from '../../output/megabytes.js'
import { localTime, statusText } from '../../output/run-words.js'
import { terminalWidth, textTable } from '../../output/table.js'

interface DeploymentsOptions extends GlobalOptions {
  readonly restart?: string
}

export const deployments: CommandDefinition = {
  name: 'deployments',
  summary: 'The processes of what is installed: supervisor, server, engine, store; starts one again',
  options: [new Option('--restart <name>', 'start it again: supervisor (all of them), server, engine or store')],
  examples: [
    ['millrace local deployments', 'what there is'],
    ['millrace local deployments --restart engine', 'what it runs goes on when it is back'],
  ],
  json: 'an array of {name, state: "running", "starting", "stopped" or "external", pid?, startedAt?, memoryBytes?}; with --restart the one',
  async run(options: DeploymentsOptions) {
    const { openLocal } = await import('../../../platform/index.js')
    const local = await openLocal()
    if (options.restart !== undefined) {
      const part = await local.restartPart(options.restart, localOptions(options))
      if (options.json) console.log(JSON.stringify(part))
      else console.log(`The ${part.name} was started again: process ${part.pid}.`)
      return 0
    }
    const parts = await local.localParts(localOptions(options))
    if (options.json) console.log(JSON.stringify(parts))
    else
      console.log(
        textTable(
          [{ name: 'name' }, { name: 'state' }, { name: 'process' }, { name: 'since' }, { name: 'memory' }],
          parts.map((one) => [
            one.name,
            one.state,
            one.pid,
            one.startedAt && localTime(one.startedAt),
            one.memoryBytes === undefined ? undefined : megabytes(one.memoryBytes),
          ]),
          {
            width: terminalWidth(),
            style: (cell, row, column) => (column === 1 ? statusText(parts[row]?.state, cell) : cell),
          },
        ),
      )
    return 0
  },
}
