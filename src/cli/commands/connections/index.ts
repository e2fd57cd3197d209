import type { CommandFamily } from '../../command.js'
import { accept } from './accept.js'
import { clear } from './clear.js'
import { create } from './create.js'
import { list } from './list.js'
import { remove } from './remove.js'
import { takeOver } from './take-over.js'

export const connections: CommandFamily = {
  name: 'connections',
  summary:
    'List the connections, make a new one, accept what changed, clear what was loaded, take over a schedule, remove one',
  examples: [
    ['millrace connections', 'what there is'],
    ['millrace connections create', 'a new one, asked for step by step'],
  ],
  commands: [list, create, accept, clear, takeOver, remove],
}
