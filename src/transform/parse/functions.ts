import { transformErrors } from '../errors.js'
import type { DbtPackage } from '../project/dbt-project.js'
import { isMapping, mappings } from '../project/yaml-file.js'
import { addNode } from './add-node.js'
import { functionFiles, type PackageFile } from './files.js'
import { type ParseScope, parseEach } from './parse-scope.js'
import type { Property } from './properties.js'
import { readSql } from './sql-file.js'

const endings = /\.(sql|py|js)$/
const languages: Readonly<Record<string, 'sql' | 'python' | 'javascript'>> = {
  sql: 'sql',
  py: 'python',
  js: 'javascript',
}

/** Functions of the database's own: their body in a file below functions/, their arguments in a properties file. */
export function parseFunctions(scope: ParseScope, own: DbtPackage): void {
  parseEach(scope, own, functionFiles(own), 'functions', (file) => parseFunction(scope, own, file))
}

function parseFunction(scope: ParseScope, own: DbtPackage, file: PackageFile): void {
  const name = file.name.replace(endings, '')
  const property = scope.properties.find('function', name, own)
  if (!property) throw undescribed(name, file.original)
  if (file.name.endsWith('.js'))
    throw transformErrors.create('TRANSFORM_YAML_INVALID', {
      message: `Function '${name}' uses JavaScript, which is not supported on '${scope.invocation.target.type}'.`,
      at: { file: file.original },
      hint: 'Write its body in SQL.',
    })
  addNode(scope, {
    type: 'function',
    name,
    own,
    fqn: [own.name, ...file.folders, name],
    path: file.relative,
    file: file.original,
    ...readSql(scope, own, file),
    property,
    extra: {
      language: languages[endings.exec(file.name)?.[1] ?? 'sql'] as 'sql',
      arguments: argumentsOf(property, name),
      returns: returnsOf(property, name),
      overloads: [],
    },
  })
}

function argumentsOf({ values, at }: Property, name: string): Record<string, unknown>[] {
  const all = mappings(values.arguments).map((one) => ({
    name: one.name,
    data_type: one.data_type,
    description: one.description ?? null,
    default_value: one.default_value ?? null,
  }))
  const firstDefault = all.findIndex(({ default_value }) => default_value !== null)
  const late =
    firstDefault < 0 ? undefined : all.slice(firstDefault).find(({ default_value }) => default_value === null)
  if (late)
    throw transformErrors.create('TRANSFORM_YAML_INVALID', {
      message: `Non-defaulted argument '${String(late.name)}' of function '${name}' comes after a defaulted argument. Non-defaulted arguments cannot come after defaulted arguments. Put those with a default_value last.`,
      at,
    })
  return all
}

function returnsOf({ values, at }: Property, name: string): Record<string, unknown> {
  if (isMapping(values.returns) && typeof values.returns.data_type === 'string')
    return { data_type: values.returns.data_type, description: values.returns.description ?? null }
  throw transformErrors.create('TRANSFORM_YAML_INVALID', {
    message: `The function '${name}' does not say what it returns.`,
    at,
    hint: 'Add, for example, `returns: { data_type: integer }` to its entry below `functions:`.',
  })
}

const undescribed = (name: string, file: string) =>
  transformErrors.create('TRANSFORM_YAML_INVALID', {
    message: `The function '${name}' has no entry in a properties file.`,
    at: { file },
    hint: `Describe it: functions: [{ name: ${name}, arguments: [{ name: x, data_type: integer }], returns: { data_type: integer } }].`,
  })
