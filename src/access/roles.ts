/** From the one that may least to the one that may everything; each may what those before it may. */
export const roles = ['viewer', 'editor', 'admin'] as const
export type Role = (typeof roles)[number]

export const isRole = (text: string): text is Role => (roles as readonly string[]).includes(text)

/** Whether somebody in a role may do what needs another. */
export const mayActAs = (own: Role, needed: Role): boolean => roles.indexOf(own) >= roles.indexOf(needed)

export const lowerRole = (one: Role, other: Role): Role => (mayActAs(one, other) ? other : one)
