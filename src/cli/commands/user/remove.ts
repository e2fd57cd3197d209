import { audited } from '../../audited.js'
import type { CommandDefinition, GlobalOptions } from '../../command.js'
import { withAccess } from '../../open-project.js'

export const remove: CommandDefinition = {
  name: 'remove',
  arguments: [['<name>', 'the user']],
  summary: 'Remove a user with their sessions and tokens',
  examples: [['millrace user remove ada', 'the last admin only when nobody else is there']],
  json: '{name, usersLeft}',
  async run(name: string, options: GlobalOptions) {
    return withAccess(options, async (access) => {
      await audited(access, { action: 'user remove', what: name }, () => access.removeUser(name))
      const usersLeft = (await access.listUsers()).length
      if (options.json) console.log(JSON.stringify({ name, usersLeft }))
      else console.log(`Removed ${name}.${usersLeft === 0 ? ' There are no users any more: there is no login.' : ''}`)
      return 0
    })
  },
}
