import type { PoolClient } from 'pg'
import { type AccessStore, accessErrors, type Role, type UserChange } from '../../access/index.js'
import { newId } from '../../base/index.js'
import type { Database } from '../database.js'
import { auditEntryOf, tokenOf, userOf } from './access-rows.js'
import type { Row } from './rows.js'

const tokenColumns = `t.id, t.name, t.role, t.created_at, t.expires_at, t.last_used_at, t.revoked_at, u.name as user_name`
const userColumns =
  'u.id as user_id, u.name as user_name, u.role as user_role, u.is_disabled, u.created_at as user_created_at'

export function accessQueries(database: Database): AccessStore {
  /** Whoever changes users waits for who does so already: two admins must not remove each other at the same time. */
  const changeUsers = <T>(work: (client: PoolClient) => Promise<T>) =>
    database.transaction(async (client) => {
      await client.query('lock table users in share row exclusive mode')
      return work(client)
    })

  return {
    async hasUsers(options) {
      const [row] = await database.rows('select exists (select 1 from users) as some', [], options)
      return row?.some === true
    },
    async listUsers() {
      return (await database.rows('select * from users order by lower(name)')).map(userOf)
    },
    async findUser(name) {
      const [row] = await database.rows('select * from users where lower(name) = lower($1)', [name])
      return row && { ...userOf(row), passwordHash: String(row.password_hash) }
    },
    createUser: ({ name, role, passwordHash }) =>
      changeUsers(async (client) => {
        const { rows } = await client.query<Row>(
          'select (select count(*) from users)::int as number, exists (select 1 from users where lower(name) = lower($1)) as is_taken',
          [name],
        )
        if (rows[0]?.is_taken)
          throw accessErrors.create('USER_EXISTS', {
            message: `There is a user \`${name}\` already.`,
            hint: 'Take another name, or change that user.',
          })
        if (rows[0]?.number === 0 && role !== 'admin')
          throw accessErrors.create('FIRST_USER_NO_ADMIN', {
            message: 'The first user must be an admin: nobody could change anything about users otherwise.',
            hint: 'Make an admin first: millrace user create <name> --role admin',
          })
        const made = await client.query<Row>(
          'insert into users (id, name, role, password_hash) values ($1, $2, $3, $4) returning *',
          [newId(), name, role, passwordHash],
        )
        return userOf(made.rows[0] as Row)
      }),
    changeUser: (name, change) =>
      changeUsers(async (client) => {
        const user = await requireUser(client, name)
        const isAdminStill = (change.role ?? user.role) === 'admin' && !(change.isDisabled ?? user.isDisabled)
        if (!isAdminStill) await requireOtherAdmin(client, user.id)
        await client.query('delete from sessions where user_id = $1', [user.id])
        return applyChange(client, user.id, change)
      }),
    removeUser: (name) =>
      changeUsers(async (client) => {
        const user = await requireUser(client, name)
        const { rowCount } = await client.query('select 1 from users where id <> $1 limit 1', [user.id])
        if (rowCount !== 0) await requireOtherAdmin(client, user.id)
        await client.query('delete from users where id = $1', [user.id])
      }),

    createSession: ({ secretHash, userId, passwordHash, expiresAt }) =>
      database.transaction(async (client) => {
        // The lock on the user: a change of the password waits, and then ends this session too.
        const { rowCount } = await client.query(
          `insert into sessions (secret_hash, user_id, expires_at)
           select $1, id, $4 from users where id = $2 and password_hash = $3 and not is_disabled for share`,
          [secretHash, userId, passwordHash, expiresAt],
        )
        return rowCount === 1
      }),
    async findSession(secretHash, now) {
      const [row] = await database.rows(
        `select s.expires_at, u.* from sessions s join users u on u.id = s.user_id
         where s.secret_hash = $1 and s.expires_at > $2 and not u.is_disabled`,
        [secretHash, now],
      )
      return row && { user: userOf(row), expiresAt: row.expires_at as Date }
    },
    prolongSession: (secretHash, expiresAt) =>
      database.transaction(async (client) => {
        await client.query('update sessions set expires_at = $2 where secret_hash = $1', [secretHash, expiresAt])
      }),
    endSession: (secretHash) =>
      database.transaction(async (client) => {
        await client.query('delete from sessions where secret_hash = $1', [secretHash])
      }),

    createToken: ({ id, name, role, secretHash, userId, expiresAt }) =>
      database.transaction(async (client) => {
        await client.query(
          'insert into api_tokens (id, name, role, secret_hash, user_id, expires_at) values ($1, $2, $3, $4, $5, $6)',
          [id, name, role, secretHash, userId ?? null, expiresAt ?? null],
        )
        const { rows } = await client.query<Row>(
          `select ${tokenColumns} from api_tokens t left join users u on u.id = t.user_id where t.id = $1`,
          [id],
        )
        return tokenOf(rows[0] as Row)
      }),
    async listTokens() {
      const rows = await database.rows(
        `select ${tokenColumns} from api_tokens t left join users u on u.id = t.user_id order by t.created_at desc, t.id desc`,
      )
      return rows.map(tokenOf)
    },
    revokeToken: (id, now) =>
      database.transaction(async (client) => {
        const { rowCount } = await client.query(
          'update api_tokens set revoked_at = coalesce(revoked_at, $2) where id = $1',
          [id, now],
        )
        return rowCount === 1
      }),
    async findToken(secretHash, now) {
      const [row] = await database.rows(
        `select ${tokenColumns}, ${userColumns} from api_tokens t left join users u on u.id = t.user_id
         where t.secret_hash = $1 and t.revoked_at is null and (t.expires_at is null or t.expires_at > $2) and u.is_disabled is not true`,
        [secretHash, now],
      )
      if (!row) return undefined
      const token = tokenOf(row)
      if (token.lastUsedAt === undefined || now.getTime() - Date.parse(token.lastUsedAt) >= usedEveryMs)
        await database.rows('update api_tokens set last_used_at = $2 where id = $1', [token.id, now])
      if (row.user_id === null) return { token }
      const user = { id: row.user_id, name: row.user_name, role: row.user_role, created_at: row.user_created_at }
      return { token, user: userOf({ ...user, is_disabled: row.is_disabled }) }
    },

    noteAudit: ({ actor, via, action, what, outcome, address }) =>
      database.transaction(async (client) => {
        await client.query(
          'insert into audit_log (actor, via, action, what, outcome, address) values ($1, $2, $3, $4, $5, $6)',
          [actor, via, action, what, outcome, address ?? null],
        )
      }),
    async listAudit({ before, limit }) {
      const rows = await database.rows(
        'select * from audit_log where ($1::bigint is null or id < $1) order by id desc limit $2',
        [before ?? null, limit],
      )
      return rows.map(auditEntryOf)
    },
  }
}

/** A program may call many times a second. */
const usedEveryMs = 60_000

/** Locked, so that a login that goes on at the same time comes before or after what is done. */
async function requireUser(client: PoolClient, name: string) {
  const { rows } = await client.query<Row>('select * from users where lower(name) = lower($1) for update', [name])
  if (rows[0]) return userOf(rows[0])
  throw accessErrors.create('USER_NOT_FOUND', {
    message: `There is no user \`${name}\`.`,
    hint: '`millrace user list` and the Settings page list them.',
  })
}

async function requireOtherAdmin(client: PoolClient, id: string): Promise<void> {
  const { rowCount } = await client.query(
    "select 1 from users where id <> $1 and role = 'admin' and not is_disabled limit 1",
    [id],
  )
  if (rowCount !== 0) return
  throw accessErrors.create('LAST_ADMIN', {
    message: 'This is the last admin: nobody could change anything about users afterwards.',
    hint: 'Make another user an admin first: millrace user set-role <name> --role admin',
  })
}

async function applyChange(client: PoolClient, id: string, { role, passwordHash, isDisabled }: UserChange) {
  const { rows } = await client.query<Row>(
    `update users set role = coalesce($2, role), password_hash = coalesce($3, password_hash), is_disabled = coalesce($4, is_disabled)
     where id = $1 returning *`,
    [id, (role satisfies Role | undefined) ?? null, passwordHash ?? null, isDisabled ?? null],
  )
  return userOf(rows[0] as Row)
}
