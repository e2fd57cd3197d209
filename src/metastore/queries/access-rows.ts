import type { ApiToken, AuditEntry, Role, User, Via } from '../../access/index.js'
import { iso, optional, type Row } from './rows.js'

export const userOf = (row: Row): User => ({
  id: String(row.id),
  name: String(row.name),
  role: row.role as Role,
  createdAt: iso(row.created_at) as string,
  isDisabled: row.is_disabled === true,
})

export const tokenOf = (row: Row): ApiToken => ({
  id: String(row.id),
  name: String(row.name),
  role: row.role as Role,
  user: optional(row.user_name),
  createdAt: iso(row.created_at) as string,
  expiresAt: iso(row.expires_at),
  lastUsedAt: iso(row.last_used_at),
  revokedAt: iso(row.revoked_at),
})

export const auditEntryOf = (row: Row): AuditEntry => ({
  id: Number(row.id),
  at: iso(row.at) as string,
  actor: String(row.actor),
  via: row.via as Via,
  action: String(row.action),
  what: String(row.what),
  outcome: String(row.outcome),
  address: optional(row.address),
})
