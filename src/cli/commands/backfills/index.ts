import type { CommandFamily } from '../../command.js'
import { cancel } from './cancel.js'
import { create } from './create.js'
import { list } from './list.js'
import { retry } from './retry.js'

export const backfills: CommandFamily = {
  name: 'backfills',
  summary: 'Make many partitions of assets, in as many runs as they take',
  examples: [
    ['millrace backfills', 'the last ones'],
    ['millrace backfills create reports/daily --partition 2024-01-01...2024-12-31', 'a year, a run for each day'],
    ['millrace backfills create reports/daily --missing', 'what was never made, or failed'],
  ],
  commands: [list, create, cancel, retry],
}
