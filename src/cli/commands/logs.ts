import { Option } from 'commander'
import type { RunEvent } from '../../orchestrate/index.js'
import type { CommandDefinition, GlobalOptions } from '../command.js'
import { interruptSignal } from '../interrupt.js'
import { withStore } from '../open-project.js'
import { followRun } from '../output/follow-run.js'
import { logLine } from '../output/log-line.js'
import { findRun } from './runs/find-run.js'

interface LogsOptions extends GlobalOptions {
  readonly follow?: boolean
  readonly step?: string
}

export const logs: CommandDefinition = {
  name: 'logs',
  arguments: [['[run]', 'its id, or the first or last characters of it; the last run when left out']],
  summary: 'Show the events of a run',
  options: [
    new Option('-f, --follow', 'go on until the run ends; Ctrl-C leaves it running'),
    new Option('--step <part>', 'only steps whose name holds this'),
  ],
  examples: [
    ['millrace logs', 'of the last run'],
    ['millrace logs --follow', 'until the last run ends'],
    ['millrace logs --step stg_flights', 'of a model and its tests'],
    ['millrace runs logs 835b1fdb', 'the same command below `runs`: of this run'],
  ],
  json: 'one event a line: {id, runId, at, type, level?, step?, asset?, check?, message?, metadata?}',
  async run(id: string | undefined, options: LogsOptions) {
    const { json = false, debug = false, step } = options
    const isWanted = (event: RunEvent) =>
      (step === undefined || event.step?.includes(step) === true) && (debug || json || event.level !== 'debug')
    return withStore(options, async (store) => {
      const run = await findRun(store, id)
      if (options.follow) {
        await followRun({ store, runId: run.id, json, verbose: true, isWanted, leaveOn: interruptSignal() })
        return 0
      }
      const signal = interruptSignal()
      for (let after = 0; !signal.aborted; ) {
        const events = await store.readEvents({ runId: run.id, after, limit: 1000 })
        for (const event of events.filter(isWanted)) console.log(json ? JSON.stringify(event) : logLine(event))
        if (events.length === 0) return 0
        after = events.at(-1)?.id ?? after
      }
      return 130
    })
  },
}
