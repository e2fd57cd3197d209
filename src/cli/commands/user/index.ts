import type { CommandFamily } from '../../command.js'
import { create } from './create.js'
import { list } from './list.js'
import { remove } from './remove.js'
import { setPassword } from './set-password.js'
import { setRole } from './set-role.js'

export const user: CommandFamily = {
  name: 'user',
  summary: 'Who may log in to the page: list, make, change, remove',
  examples: [
    ['millrace user create ada --role admin', 'asks for the password; from the first user on a login is needed'],
    ['millrace user list', '`list` may be left out'],
  ],
  commands: [list, create, setRole, setPassword, remove],
}
