import type { CommandFamily } from '../../command.js'
import { create } from './create.js'
import { list } from './list.js'

export const connections: CommandFamily = {
  name: 'connections',
  summary: 'List the connections, or make a new one',
  examples: [
    ['millrace connections', 'what there is'],
    ['millrace connections create', 'a new one, asked for step by step'],
  ],
  commands: [list, create],
}
