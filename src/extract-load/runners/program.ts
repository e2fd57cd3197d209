import { isAbsolute, join } from 'node:path'
import { type Container, mountPoint, runArguments } from './container.js'

/** How a connector is started: a program of this machine, or a container image. */
export type Program =
  | { readonly kind: 'command'; readonly command: readonly string[] }
  | { readonly kind: 'image'; readonly image: string; readonly engine: string }

/** What is run, with the folder of the files as the program sees it. */
export interface CommandLine {
  readonly file: string
  readonly args: readonly string[]
  /** Where `file` is only the client of what runs the connector: its end is not the end of that. */
  readonly container?: Container | undefined
}

/**
 * The command line of one verb. `files` lie in `folder`, and are named to the program by their paths as it sees them.
 * @param args the verb and its options; a file of the folder is given as `{ file: 'config.json' }`
 * @param name of the container, so that it can be ended
 */
export function commandLine(
  program: Program,
  args: readonly (string | { readonly file: string })[],
  { folder, name, projectDir }: { readonly folder: string; readonly name: string; readonly projectDir: string },
): CommandLine {
  const inFolder = (base: string) => args.map((arg) => (typeof arg === 'string' ? arg : `${base}/${arg.file}`))
  if (program.kind === 'command') {
    const [file = '', ...rest] = program.command
    // A path is meant from the project; a bare name is looked for where the shell looks.
    const found = file.includes('/') && !isAbsolute(file) ? join(projectDir, file) : file
    return { file: found, args: [...rest, ...inFolder(folder)] }
  }
  const { engine, image } = program
  return {
    file: engine,
    args: runArguments({ image, name }, folder, inFolder(mountPoint)),
    container: { engine, image, name },
  }
}

/** How a connector is called where people are told of it. */
export const shownName = ({ file, container }: CommandLine): string => container?.image ?? file

/** How a program ended that was not to end so. */
export interface BadEnd {
  readonly exitCode: number | null
  readonly signalCode: NodeJS.Signals | null
  /** It wrote something on its standard output. */
  readonly hasSpoken: boolean
  /** Of what it wrote on stderr. */
  readonly lastLines: readonly string[]
}
