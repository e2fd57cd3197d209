import { readText } from '../../../base/index.js'
import type { JinjaEnvironment, TopLevelBlock } from '../../../jinja/index.js'
import { macroNameOf } from '../../context/block-tags.js'
import type { MacroRegistry } from '../../context/macro-registry.js'
import type { ManifestMacro } from '../../contract.js'
import { transformErrors } from '../../errors.js'
import type { DbtPackage } from '../../project/dbt-project.js'
import type { Diagnostics } from '../files/diagnostics.js'
import { packageFiles } from '../files/files.js'

const macroBlocks = new Set(['macro', 'test', 'data_test', 'materialization'])

/** Adds every macro of a package; generic tests may also stand in `tests/generic`. */
export function readMacros(
  dbtPackage: DbtPackage,
  environment: JinjaEnvironment,
  registry: MacroRegistry,
  createdAt: number,
  diagnostics: Diagnostics,
): void {
  const macroFiles = packageFiles(dbtPackage, ['macro'], /\.sql$/i)
  const testFiles = packageFiles(dbtPackage, ['test'], /\.sql$/i).filter((file) => file.relative.startsWith('generic/'))
  for (const file of [...macroFiles, ...testFiles])
    diagnostics.attempt(() => {
      const source = readText(file.path, file.original)
      const seen = new Map<string, number>()
      for (const block of environment.blocks({ name: file.original, source }, macroBlocks)) {
        const macro = macroOf(dbtPackage, file.original, block, createdAt)
        // dbt documents the parameters of what stands in a macro folder only.
        if (testFiles.includes(file)) macro.arguments = []
        checkUnique(registry, macro, block.line, seen, dbtPackage.isBuiltin)
        registry.add(macro, block.line)
      }
    })
}

function macroOf(dbtPackage: DbtPackage, file: string, block: TopLevelBlock, createdAt: number): ManifestMacro {
  const name = macroNameOf(block.kind, block.header)
  return {
    unique_id: `macro.${dbtPackage.name}.${name}`,
    resource_type: 'macro',
    name,
    package_name: dbtPackage.name,
    path: file,
    original_file_path: file,
    macro_sql: block.source,
    depends_on: { macros: [] },
    description: '',
    meta: {},
    docs: { show: true, node_color: null },
    config: { meta: {}, docs: { show: true, node_color: null } },
    patch_path: null,
    arguments: block.kind === 'materialization' ? [] : parameters(block.header),
    supported_languages: block.kind === 'materialization' ? languagesOf(block.header) : null,
    created_at: createdAt,
  }
}

/** `supported_languages=['sql', 'python']`; SQL where nothing is said. */
function languagesOf(header: string): string[] {
  const list = /supported_languages\s*=\s*\[([^\]]*)\]/.exec(header)?.[1]
  return list === undefined ? ['sql'] : [...list.matchAll(/['"](\w+)['"]/g)].map((match) => match[1] as string)
}

/** The names in a macro's header, for its documentation. */
function parameters(header: string) {
  const list = header.slice(header.indexOf('(') + 1, header.lastIndexOf(')'))
  const names = header.includes('(') ? topLevelParts(list) : []
  return names.map((name) => ({ name, type: null, description: '' }))
}

function topLevelParts(list: string): string[] {
  const parts = ['']
  let depth = 0
  for (const char of list) {
    if ('([{'.includes(char)) depth++
    else if (')]}'.includes(char)) depth--
    if (char === ',' && depth === 0) parts.push('')
    else parts[parts.length - 1] += char
  }
  return parts.flatMap((part) => /^\s*(\w+)/.exec(part)?.[1] ?? [])
}

function checkUnique(
  registry: MacroRegistry,
  macro: ManifestMacro,
  line: number,
  seen: Map<string, number>,
  isBuiltin: boolean,
): void {
  const first = registry.findIn(macro.package_name, macro.name)
  const isSame = first?.package_name === macro.package_name
  if (isSame && !isBuiltin)
    throw transformErrors.create('TRANSFORM_DUPLICATE_NAME', {
      message: `dbt found multiple macros named "${macro.name}" in the project "${macro.package_name}": in ${first.original_file_path}${seen.has(macro.name) ? `:${seen.get(macro.name)}` : ''} and in ${macro.original_file_path}:${line}.`,
      at: { file: macro.original_file_path, line },
      hint: 'Rename one of them.',
    })
  seen.set(macro.name, line)
}
