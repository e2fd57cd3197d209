import { audited } from '../../audited.js'
import type { CommandDefinition, GlobalOptions } from '../../command.js'
import { withAccess } from '../../open-project.js'
import { type PasswordOptions, passwordOption, readPassword } from '../../read-password.js'

export const setPassword: CommandDefinition = {
  name: 'set-password',
  arguments: [['<name>', 'the user']],
  summary: 'Give a user another password; ends their sessions',
  options: [passwordOption()],
  examples: [['millrace user set-password ada', 'asks for it']],
  json: 'the user',
  async run(name: string, options: GlobalOptions & PasswordOptions) {
    const { hashPassword, requirePassword } = await import('../../../access/index.js')
    const password = await readPassword(options)
    requirePassword(password, name)
    return withAccess(options, async (access) => {
      const passwordHash = await hashPassword(password)
      const changed = await audited(access, { action: 'user set-password', what: name }, () =>
        access.changeUser(name, { passwordHash }),
      )
      console.log(options.json ? JSON.stringify(changed) : `${changed.name} has a new password; their sessions ended.`)
      return 0
    })
  },
}
