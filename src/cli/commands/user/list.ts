import type { CommandDefinition, GlobalOptions } from '../../command.js'
import { withAccess } from '../../open-project.js'
import { localTime } from '../../output/run-words.js'
import { terminalWidth, textTable } from '../../output/table.js'

export const list: CommandDefinition = {
  name: 'list',
  summary: 'The users',
  examples: [['millrace user list', '`list` may be left out']],
  json: 'an array of users: {id, name, role, createdAt, isDisabled}',
  isDefault: true,
  async run(options: GlobalOptions) {
    return withAccess(options, async (access) => {
      const users = await access.listUsers()
      if (options.json) console.log(JSON.stringify(users))
      else if (users.length === 0)
        console.log('No users yet: there is no login. Make an admin: millrace user create <name> --role admin')
      else
        console.log(
          textTable(
            [{ name: 'user', isWhole: true }, { name: 'role', isWhole: true }, { name: 'made' }, { name: 'note' }],
            users.map((one) => [one.name, one.role, localTime(one.createdAt), one.isDisabled ? 'disabled' : '']),
            { width: terminalWidth() },
          ),
        )
      return 0
    })
  },
}
