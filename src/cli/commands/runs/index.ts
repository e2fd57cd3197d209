import type { CommandFamily } from '../../command.js'
import { logs } from '../logs.js'
import { cancel } from './cancel.js'
import { list } from './list.js'
import { rerun } from './rerun.js'
import { show } from './show.js'

export const runs: CommandFamily = {
  name: 'runs',
  summary: 'List, show, cancel or re-run runs, or read their logs',
  examples: [
    ['millrace runs', 'the last runs'],
    ['millrace runs show', 'the last one, step by step'],
    ['millrace runs rerun --from-failure', 'the last one again, without what succeeded'],
  ],
  commands: [list, show, logs, cancel, rerun],
}
