import { dirname, parse } from 'node:path'
import { didYouMean, type MillraceError } from '../../base/index.js'
import type { Definitions } from '../../orchestrate/index.js'
import { serverErrors } from '../errors.js'
import { notFound } from './request.js'

/** Why a connection is not there: its file cannot be read, or none is called so. */
export function connectionNotFound(
  { connections, problems }: Pick<Definitions, 'connections' | 'problems'>,
  name: string,
): MillraceError {
  const folders = new Set(connections.map(({ file }) => dirname(file)))
  const unread = problems.find(
    ({ at }) =>
      at !== undefined && parse(at.file).name === name && (folders.size === 0 || folders.has(dirname(at.file))),
  )
  if (unread)
    return serverErrors.create('SERVER_NOT_FOUND', {
      message: `The connection \`${name}\` cannot be read: ${unread.message}`,
      at: unread.at,
      frame: unread.frame,
      hint: unread.hint,
    })
  const names = connections.map((one) => one.name)
  const hint = [didYouMean(name, names), `Connections: ${names.join(', ') || 'none'}.`].filter(Boolean).join(' ')
  return notFound(`connection \`${name}\``, hint)
}
