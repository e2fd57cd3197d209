import type { CommandFamily } from '../../command.js'
import { create } from './create.js'
import { list } from './list.js'
import { revoke } from './revoke.js'

export const token: CommandFamily = {
  name: 'token',
  summary: 'Tokens with which programs call the API: list, make, revoke',
  examples: [
    ['millrace token create ci --role editor --expires 90d', 'prints the secret, this once'],
    ['millrace token list', '`list` may be left out'],
  ],
  commands: [list, create, revoke],
}
