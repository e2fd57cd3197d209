import { z } from 'zod'
import { readSettings } from '../connectors/read-settings.js'
import type { ProgramRole } from '../program-error.js'
import type { Program } from '../runners/program.js'

/** The settings of a connection's end that a connector of Airbyte is: which program, and its own settings. */
export const programSettingsSchema = z.strictObject({
  image: z.string().min(1).optional(),
  command: z.union([z.string().min(1), z.array(z.string().min(1)).min(1)]).optional(),
  container_engine: z.string().min(1).default('docker'),
  config: z.record(z.string(), z.unknown()).default({}),
  heartbeat_seconds: z.number().positive().default(5400),
})

export type ProgramSettings = z.output<typeof programSettingsSchema>

/** The same settings, or more, of which exactly one names the program. */
export const withOneProgram = <Schema extends z.ZodType<ProgramSettings>>(schema: Schema): Schema =>
  schema.refine(({ image, command }) => (image === undefined) !== (command === undefined), {
    path: ['image'],
    message: 'or `command` is needed, and not both: a container image, or a program of this machine',
  })
const oneProgram = withOneProgram(programSettingsSchema)

/** @param file the connection's @throws CONNECTION_INVALID */
export const readProgramSettings = (
  config: Readonly<Record<string, unknown>>,
  file: string,
  role: ProgramRole,
): ProgramSettings => readSettings('airbyte', oneProgram, config, file, role)

export function programOf({ image, command, container_engine }: ProgramSettings): Program {
  return image === undefined
    ? { kind: 'command', command: [command ?? ''].flat() }
    : { kind: 'image', image, engine: container_engine }
}
