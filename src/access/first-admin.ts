import { registerSecret } from '../base/index.js'
import type { AccessStore } from './contract.js'
import { hashPassword, requirePassword } from './password.js'

export const adminPasswordVariable = 'MILLRACE_ADMIN_PASSWORD'
const name = 'admin'

/**
 * For containers, where nobody types: the user `admin` with the password of the environment, as long as there is no user at all. Later the
 * variable means nothing: who changed the password would have it back otherwise. @returns whether one was made; @throws PASSWORD_INVALID
 */
export async function makeFirstAdmin(
  store: AccessStore,
  env: Readonly<Record<string, string | undefined>>,
): Promise<boolean> {
  const password = env[adminPasswordVariable]
  if (password === undefined || password === '') return false
  registerSecret(password)
  if (await store.hasUsers()) return false
  requirePassword(password, name, adminPasswordVariable)
  try {
    await store.createUser({ name, role: 'admin', passwordHash: await hashPassword(password) })
  } catch (error) {
    // Another server that starts at the same time was first.
    if (await store.hasUsers()) return false
    throw error
  }
  await store.noteAudit({ actor: adminPasswordVariable, via: 'cli', action: 'user create', what: name, outcome: 'ok' })
  return true
}
