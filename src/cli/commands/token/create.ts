import { Option } from 'commander'
import { audited } from '../../audited.js'
import type { CommandDefinition, GlobalOptions } from '../../command.js'
import { withAccess } from '../../open-project.js'
import { type RoleOptions, roleOption } from '../../role-option.js'

interface CreateOptions extends GlobalOptions, RoleOptions {
  readonly expires?: string
}

export const create: CommandDefinition = {
  name: 'create',
  arguments: [['<name>', 'what it is for']],
  summary: 'Make a token and print its secret, this once',
  options: [
    roleOption(),
    new Option('--expires <time>', 'when it ends: 12h, 90d, 4w from now (default: when it is revoked)'),
  ],
  examples: [['millrace token create ci --role editor --expires 90d', 'for `authorization: Bearer mr_…`']],
  json: '{token: {id, name, role, createdAt, expiresAt?}, secret}',
  async run(name: string, options: CreateOptions) {
    const { expiryOf, hashSecret, newTokenSecret, requireTokenName } = await import('../../../access/index.js')
    const { newId } = await import('../../../base/index.js')
    requireTokenName(name)
    const { role, expires } = options
    const expiresAt = expires === undefined ? undefined : expiryOf(expires, new Date())
    return withAccess(options, async (access) => {
      const secret = newTokenSecret()
      const made = await audited(access, { action: 'token create', what: `${name} as ${role}` }, () =>
        access.createToken({ id: newId(), name, role, secretHash: hashSecret(secret), expiresAt }),
      )
      if (options.json) console.log(JSON.stringify({ token: made, secret }))
      else {
        // Alone on standard output, so that a script can keep it.
        console.error(`Made the token ${name}, role ${role}. It is shown this once:`)
        console.log(secret)
      }
      return 0
    })
  },
}
