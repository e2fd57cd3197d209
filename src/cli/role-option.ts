import { Option } from 'commander'
import type { Role } from '../access/index.js'

export interface RoleOptions {
  readonly role: Role
}

/** As `roles` of access/, which is not loaded for the help of other commands. */
const choices: readonly Role[] = ['viewer', 'editor', 'admin']

export const roleOption = () =>
  new Option('--role <role>', 'what it may: look, run things, or everything')
    .choices([...choices])
    .makeOptionMandatory()
