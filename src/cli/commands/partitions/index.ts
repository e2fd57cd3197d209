import type { CommandFamily } from '../../command.js'
import { add } from './add.js'
import { list } from './list.js'
import { remove } from './remove.js'

export const partitions: CommandFamily = {
  name: 'partitions',
  summary: 'Look at partitions of assets, add and remove dynamic ones',
  examples: [
    ['millrace partitions list reports/daily', 'which were made, failed, are missing'],
    ['millrace partitions add customers acme', 'a key of the dynamic partitions `customers`'],
  ],
  commands: [list, add, remove],
}
