import { randomBytes } from 'node:crypto'
import { readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'
import {
  type AccessStore,
  hashPassword,
  hashSecret,
  isPassword,
  newTokenSecret,
  requirePassword,
  requireUserName,
} from '../../access/index.js'
import { newId, registerSecret } from '../../base/index.js'
import type { Project } from '../contract.js'
import { platformErrors } from '../errors.js'
import { localFolder } from './installation.js'
import { keepFile } from './keep-file.js'

const firstUser = 'admin'
const tokenName = 'local'

const accountsSchema = z.object({
  /** The user that was made, while nobody had an account; the password as long as nobody else changed it. */
  user: z.object({ name: z.string(), password: z.string().optional() }).optional(),
  token: z.object({ id: z.string(), name: z.string(), secret: z.string() }).optional(),
})
type Accounts = z.output<typeof accountsSchema>
type Place = Pick<Project, 'stateDir'>

/** With what people and programs log in; `passwordNote` says why there is no password. */
export interface Credentials {
  readonly user: string | undefined
  readonly password: string | undefined
  readonly passwordNote: string | undefined
  readonly clientId: string | undefined
  readonly clientSecret: string | undefined
}

const accountsFile = (project: Place) => join(localFolder(project), 'credentials.json')

async function readAccounts(project: Place): Promise<Accounts> {
  const kept = await readFile(accountsFile(project), 'utf8').catch(() => '{}')
  const accounts = accountsSchema.safeParse(parsedJson(kept)).data ?? {}
  for (const secret of [accounts.user?.password, accounts.token?.secret]) if (secret) registerSecret(secret)
  return accounts
}

function parsedJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

const keepAccounts = (project: Place, accounts: Accounts) =>
  keepFile(accountsFile(project), JSON.stringify(accounts, null, 2))

export const forgetAccounts = (project: Place): Promise<void> => rm(accountsFile(project), { force: true })

export interface EnsuredAccounts {
  readonly isAdminMade: boolean
  /** The user that was made here, now or earlier. */
  readonly user: string | undefined
  readonly hasUsers: boolean
  undo(access: AccessStore): Promise<void>
}

/** Makes an admin with a random password where nobody has an account, and a token for programs where there is none. Answers what takes that back; what cannot be kept is not made. */
export async function ensureAccounts(
  project: Place,
  access: AccessStore,
  { withAdmin }: { readonly withAdmin: boolean },
): Promise<EnsuredAccounts> {
  const before = await readAccounts(project)
  const isAdminMade = withAdmin && !(await access.hasUsers())
  const isTokenMade = !(await holds(access, before.token))
  let { user, token } = before
  const remove = async (again: AccessStore) => {
    if (isAdminMade && user && user !== before.user) await again.removeUser(user.name)
    if (isTokenMade && token && token !== before.token) await again.revokeToken(token.id, new Date())
  }
  try {
    if (isAdminMade) user = await makeAdmin(access)
    if (isTokenMade) token = await makeToken(access)
    if (isAdminMade || isTokenMade) await keepAccounts(project, { user, token })
  } catch (error) {
    // Nobody would know its password, and another try would find that somebody has an account.
    await remove(access).catch(() => {})
    throw error
  }
  return {
    isAdminMade,
    user: user && (await access.findUser(user.name))?.name,
    hasUsers: await access.hasUsers(),
    async undo(again) {
      await remove(again)
      if (isAdminMade || isTokenMade) await keepAccounts(project, before)
    },
  }
}

async function makeAdmin(access: AccessStore) {
  const password = newPassword()
  await access.createUser({ name: firstUser, role: 'admin', passwordHash: await hashPassword(password) })
  await note(access, 'user create', `${firstUser} as admin`)
  return { name: firstUser, password }
}

/** 120 bits, of signs that no shell and no address changes. */
function newPassword(): string {
  const password = randomBytes(15).toString('base64url')
  registerSecret(password)
  return password
}

async function makeToken(access: AccessStore): Promise<NonNullable<Accounts['token']>> {
  const secret = newTokenSecret()
  registerSecret(secret)
  const { id, name } = await access.createToken({
    id: newId(),
    name: tokenName,
    role: 'admin',
    secretHash: hashSecret(secret),
  })
  await note(access, 'token create', `${name} as admin`)
  return { id, name, secret }
}

async function holds(access: AccessStore, token: Accounts['token']): Promise<boolean> {
  if (!token) return false
  const known = (await access.listTokens()).find((one) => one.id === token.id)
  return known !== undefined && known.revokedAt === undefined
}

const note = (access: AccessStore, action: string, what: string) =>
  access.noteAudit({ actor: 'millrace local', via: 'cli', action, what, outcome: 'ok' })

/** What is kept, as far as it still opens anything: what somebody changed is no longer known here. */
export async function readCredentials(project: Place, access: AccessStore): Promise<Credentials> {
  const { user, token } = await readAccounts(project)
  const found = user && (await access.findUser(user.name))
  const isStill = user?.password !== undefined && (await isPassword(user.password, found?.passwordHash))
  // What opens nothing here may open something elsewhere.
  if (user?.password !== undefined && !isStill) await keepAccounts(project, { user: { name: user.name }, token })
  const isTokenGood = await holds(access, token)
  return {
    user: found?.name,
    password: isStill ? user?.password : undefined,
    passwordNote: isStill
      ? undefined
      : found
        ? 'it was changed, and is known only to who did'
        : (await access.hasUsers())
          ? 'there are users that `millrace local install` did not make: `millrace user list`'
          : 'there are no users: nobody is asked',
    clientId: isTokenGood ? token?.name : undefined,
    clientSecret: isTokenGood ? token?.secret : undefined,
  }
}

/** The user that was made here. @throws LOCAL_NO_USER */
async function ownUser(project: Place, access: AccessStore) {
  const accounts = await readAccounts(project)
  const found = accounts.user && (await access.findUser(accounts.user.name))
  if (accounts.user && found) return { accounts, found, kept: accounts.user }
  throw platformErrors.create('LOCAL_NO_USER', {
    message: 'There is no user that `millrace local install` made.',
    hint: 'See who there is with `millrace user list`, and change one with `millrace user set-password <name>`.',
  })
}

/** @throws LOCAL_NO_USER, PASSWORD_INVALID */
export async function changePassword(project: Place, access: AccessStore, password: string): Promise<void> {
  const { accounts, found } = await ownUser(project, access)
  requirePassword(password, found.name)
  await access.changeUser(found.name, { passwordHash: await hashPassword(password) })
  await note(access, 'user set-password', found.name)
  await keepAccounts(project, { ...accounts, user: { name: found.name, password } })
}

/** The same person by another name; sessions end. @throws LOCAL_NO_USER, USER_NAME_INVALID, USER_EXISTS */
export async function renameUser(project: Place, access: AccessStore, name: string): Promise<void> {
  requireUserName(name)
  const { accounts, found, kept } = await ownUser(project, access)
  if (found.name === name) return
  await access.createUser({ name, role: found.role, passwordHash: found.passwordHash })
  await access.removeUser(found.name)
  await note(access, 'user rename', `${found.name}: ${name}`)
  await keepAccounts(project, { ...accounts, user: { ...kept, name } })
}
