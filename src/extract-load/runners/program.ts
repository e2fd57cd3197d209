import { isAbsolute, join } from 'node:path'

/** How a connector is started: a program of this machine, or a container image. */
export type Program =
  | { readonly kind: 'command'; readonly command: readonly string[] }
  | { readonly kind: 'image'; readonly image: string; readonly engine: string }

/** What is run, with the folder of the files as the program sees it. */
export interface CommandLine {
  readonly file: string
  readonly args: readonly string[]
  /** Ends what `file` started elsewhere, where the end of `file` does not: a container. */
  readonly kill?: { readonly file: string; readonly args: readonly string[] } | undefined
}

/** Where a container finds the files of a run. */
const mountPoint = '/config'

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
  return {
    file: program.engine,
    args: [
      'run',
      '--rm',
      '--init',
      '--interactive',
      '--name',
      name,
      '--volume',
      `${folder}:${mountPoint}`,
      program.image,
      ...inFolder(mountPoint),
    ],
    kill: { file: program.engine, args: ['kill', name] },
  }
}
