import {
  anyOf,
  boolean,
  type Check,
  type Checks,
  listOf,
  number,
  only,
  optional,
  type Problem,
  text,
} from '../value-checks.js'

const version = anyOf(text, number)
const name = optional(text)
const ofGit: Checks = {
  name,
  revision: optional(version),
  'warn-unpinned': optional(boolean),
  subdirectory: optional(text),
}

/** What an entry may say beside the key that names its package. */
const shapes: Readonly<Record<string, Check>> = {
  local: only({ local: text, name }),
  tarball: only({ tarball: text, name: text }),
  git: only({ git: text, ...ofGit }),
  private: only({ private: text, provider: optional(text), ...ofGit }),
  package: only({
    package: text,
    name,
    version: optional(anyOf(version, listOf(version, '">=1.0.0"'))),
    install_prerelease: optional(boolean),
  }),
}

/** What is wrong with an entry of packages.yml; one that names no package at all is told where it is read. */
export function problemOfPackage(entry: Readonly<Record<string, unknown>>): Problem | undefined {
  const kind = Object.keys(shapes).find((key) => key in entry)
  return kind === undefined ? undefined : shapes[kind]?.(entry)
}
