import { z } from 'zod'
import type { Program } from '../../runners/program.js'
import { readSettings } from '../read-settings.js'

export const airbyteConfigSchema = z.strictObject({
  image: z.string().min(1).optional(),
  command: z.union([z.string().min(1), z.array(z.string().min(1)).min(1)]).optional(),
  container_engine: z.string().min(1).default('docker'),
  config: z.record(z.string(), z.unknown()).default({}),
  heartbeat_seconds: z.number().positive().default(5400),
  catalog_max_age_minutes: z.number().nonnegative().default(0),
})

const oneProgram = airbyteConfigSchema.refine(
  ({ image, command }) => (image === undefined) !== (command === undefined),
  { path: ['image'], message: 'or `command` is needed, and not both: a container image, or a program of this machine' },
)
export type AirbyteConfig = z.output<typeof airbyteConfigSchema>

/** @throws CONNECTION_INVALID */
export const readConfig = (config: Readonly<Record<string, unknown>>, file: string): AirbyteConfig =>
  readSettings('airbyte', oneProgram, config, file)

export function programOf({ image, command, container_engine }: AirbyteConfig): Program {
  return image === undefined
    ? { kind: 'command', command: [command ?? ''].flat() }
    : { kind: 'image', image, engine: container_engine }
}
