import { z } from 'zod'

export const roleSchema = z.enum(['viewer', 'editor', 'admin'])
export type Role = z.infer<typeof roleSchema>

/** Longer than any name and password may be: what is longer is no mistake but an attack. */
const nameSchema = z.string().max(200)
const passwordSchema = z.string().max(1024)

export const emptySchema = z.object({})

/** POST /api/login */
export const loginRequestSchema = z.object({ name: nameSchema, password: passwordSchema })

/** GET /api/session */
export const sessionSchema = z.object({
  /** Absent for a token that belongs to nobody, and while there is no login. */
  user: z.string().optional(),
  role: roleSchema,
  /** `open`: there is no user yet, and whoever reaches the page may do everything. */
  via: z.enum(['session', 'token', 'open']),
})
export type Session = z.infer<typeof sessionSchema>

/** PUT /api/session/password */
export const passwordChangeSchema = z.object({ password: passwordSchema, newPassword: passwordSchema })

export const userSchema = z.object({
  name: z.string(),
  role: roleSchema,
  createdAt: z.string(),
  isDisabled: z.boolean(),
})
export type ApiUser = z.infer<typeof userSchema>
export const usersSchema = z.object({ users: z.array(userSchema) })

/** POST /api/users */
export const newUserRequestSchema = z.object({ name: nameSchema, role: roleSchema, password: passwordSchema })
/** PUT /api/users/{name} */
export const userChangeSchema = z.strictObject({
  role: roleSchema.optional(),
  password: passwordSchema.optional(),
  isDisabled: z.boolean().optional(),
})

export const apiTokenSchema = z.object({
  id: z.string(),
  name: z.string(),
  role: roleSchema,
  /** Who made it; absent when it was made on the command line. */
  user: z.string().optional(),
  createdAt: z.string(),
  expiresAt: z.string().optional(),
  lastUsedAt: z.string().optional(),
  revokedAt: z.string().optional(),
})
export type ApiTokenView = z.infer<typeof apiTokenSchema>
export const apiTokensSchema = z.object({ tokens: z.array(apiTokenSchema) })

/** POST /api/tokens */
export const newTokenRequestSchema = z.object({
  name: nameSchema,
  role: roleSchema,
  /** `12h`, `90d`, `4w`; for good without it. */
  expires: z.string().max(20).optional(),
})
export const newTokenSchema = z.object({ token: apiTokenSchema, secret: z.string() })
export type NewToken = z.infer<typeof newTokenSchema>

/** GET /api/audit */
export const auditLogSchema = z.object({
  entries: z.array(
    z.object({
      id: z.number(),
      at: z.string(),
      actor: z.string(),
      via: z.enum(['session', 'token', 'cli', 'open']),
      action: z.string(),
      what: z.string(),
      outcome: z.string(),
      address: z.string().optional(),
    }),
  ),
  hasMore: z.boolean(),
})
export type AuditLog = z.infer<typeof auditLogSchema>
