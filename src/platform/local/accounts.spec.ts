import { mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import type { AccessStore } from '../../access/index.js'
import { ensureAccounts } from './accounts.js'
import { localFolder } from './installation.js'

test('no account stays whose password cannot be kept', async () => {
  const stateDir = mkdtempSync(join(tmpdir(), 'accounts-'))
  onTestFinished(() => rmSync(stateDir, { recursive: true, force: true }))
  const users = new Set<string>()
  const tokens = new Set<string>()
  const access = {
    hasUsers: async () => users.size > 0,
    findUser: async (name: string) => (users.has(name) ? { name } : undefined),
    createUser: async ({ name }: { name: string }) => void users.add(name),
    removeUser: async (name: string) => void users.delete(name),
    createToken: async (token: { id: string; name: string }) => {
      tokens.add(token.id)
      return token
    },
    listTokens: async () => [],
    revokeToken: async (id: string) => tokens.delete(id),
    noteAudit: async () => {},
  } as unknown as AccessStore
  // In its place nothing can be written, as on a full disk.
  const folder = localFolder({ stateDir })
  mkdirSync(join(folder, 'credentials.json', 'taken'), { recursive: true })
  await expect(ensureAccounts({ stateDir }, access, { withAdmin: true })).rejects.toThrow()
  expect([[...users], [...tokens], readdirSync(folder)]).toEqual([[], [], ['credentials.json']])
  rmSync(join(folder, 'credentials.json'), { recursive: true })
  expect(await ensureAccounts({ stateDir }, access, { withAdmin: true })).toMatchObject({
    isAdminMade: true,
    user: 'admin',
  })
})
