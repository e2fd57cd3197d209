import type { AccessStore, ApiToken } from '../../../access/index.js'
import { audited } from '../../audited.js'
import type { CommandDefinition, GlobalOptions } from '../../command.js'
import { withAccess } from '../../open-project.js'

export const revoke: CommandDefinition = {
  name: 'revoke',
  arguments: [['<token>', 'its id, the last characters of it, or its name where only one has it']],
  summary: 'Make a token worthless, at once',
  examples: [['millrace token revoke ci', '`millrace token list` lists them']],
  json: 'the token',
  async run(wanted: string, options: GlobalOptions) {
    return withAccess(options, async (access) => {
      const found = await findToken(access, wanted)
      await audited(access, { action: 'token revoke', what: `${found.name} (${found.id})` }, () =>
        access.revokeToken(found.id, new Date()),
      )
      const after = (await access.listTokens()).find((one) => one.id === found.id)
      console.log(options.json ? JSON.stringify(after) : `Revoked ${found.name} (${found.id}).`)
      return 0
    })
  },
}

/** @throws TOKEN_NOT_FOUND, also where several could be meant */
async function findToken(access: AccessStore, wanted: string): Promise<ApiToken> {
  const tokens = await access.listTokens()
  const exact = tokens.find((one) => one.id === wanted)
  if (exact) return exact
  // The last characters differ; the first ones are the time.
  const others = tokens.filter(({ name, id, revokedAt }) => !revokedAt && (name === wanted || endsWith(id, wanted)))
  if (others.length === 1) return others[0] as ApiToken
  const { accessErrors } = await import('../../../access/index.js')
  throw accessErrors.create('TOKEN_NOT_FOUND', {
    message:
      others.length === 0
        ? `There is no token \`${wanted}\`.`
        : `${others.length} tokens could be meant by \`${wanted}\`.`,
    hint: '`millrace token list` lists them with their ids.',
  })
}

const endsWith = (id: string, wanted: string) => wanted.length >= 6 && id.endsWith(wanted)
