import type { CommandFamily } from '../../command.js'
import { list } from './list.js'
import { remove } from './remove.js'
import { set } from './set.js'

export const secrets: CommandFamily = {
  name: 'secrets',
  summary: 'Secrets that connections name, kept encrypted: list, set, remove',
  examples: [
    ['millrace secrets set SHOP_PASSWORD', 'asks for it; files of connections say ${SHOP_PASSWORD}'],
    ['millrace secrets', '`list` may be left out'],
  ],
  commands: [list, set, remove],
}
