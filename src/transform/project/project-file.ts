import { join, relative } from 'node:path'
import type { SourceLocation } from '../../base/index.js'
import type { DbtPackage } from './dbt-project.js'
import { type Path, readYamlFile } from './yaml-file.js'

/** dbt_project.yml of a package is read once more for what is wrong in it. */
export function projectFile({ dir }: Pick<DbtPackage, 'dir'>, root: Pick<DbtPackage, 'dir'>) {
  const path = join(dir, 'dbt_project.yml')
  const file = relative(root.dir, path)
  const document = () => readYamlFile(path, file)
  return {
    file,
    get values(): unknown {
      return document().value
    },
    locate: (place: Path): SourceLocation => document().locate(place),
  }
}
