import type { KeptSecret } from '../../../platform/index.js'

/** Who names a secret, in words: a connection by its name. */
export const usersOf = ({ usedBy }: Pick<KeptSecret, 'usedBy'>): string[] =>
  usedBy.map(({ kind, name }) => (kind === 'connection' ? name : `the ${kind} ${name}`))
